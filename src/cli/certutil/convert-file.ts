import { HRESULTS } from '#hresult/codes';
import { formatHresult } from '#hresult/format';
import { HresultError, hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';

/**
 * What -encode, -decode, -encodehex and -decodehex share: a file in, a file out, the two lengths. A fault is named twice,
 * by the step that met it and by the status line, as published transcripts show. `hint` is for what cannot be converted.
 */
export async function convertFile(
  { args, options, console, out }: CertutilContext,
  convert: (bytes: Uint8Array) => Uint8Array,
  hint?: string,
): Promise<Json> {
  const [inFile, outFile] = args as [string, string];
  const step = async <T>(name: string, action: () => T | Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      if (error instanceof HresultError) {
        out(`${name} returned ${HRESULTS[error.symbol][1]} ${formatHresult(error.hresult)}`);
      }
      throw error;
    }
  };
  const [input, output] = await step('DecodeFile', async () => {
    const bytes = await console.readFile(inFile);
    return [bytes, hinted(() => convert(bytes), hint)] as const;
  });
  out(`Input Length = ${input.length}`);
  await step('EncodeToFile', () => console.writeFile(outFile, output, { overwrite: options.has('f') }));
  out(`Output Length = ${output.length}`);
  return { inFile, inputLength: input.length, outFile, outputLength: output.length };
}

function hinted<T>(action: () => T, hint: string | undefined): T {
  try {
    return action();
  } catch (cause) {
    if (!(cause instanceof HresultError) || cause.hint !== undefined) throw cause;
    throw hresult(cause.symbol, cause.detail, { hint, cause });
  }
}
