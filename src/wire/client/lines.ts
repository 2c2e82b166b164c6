import { hresult } from '#hresult/hresult-error';

/** A row of a view with its largest columns is far below. */
const LONGEST = 64 * 1024 * 1024;

/** The lines of a stream of UTF-8, without their ends. Throws ERROR_INVALID_DATA for one that does not end. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of chunks) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST) throw hresult('ERROR_INVALID_DATA', 'The answer has a line without an end.');
      yield* lines;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw hresult('RPC_S_CALL_FAILED', 'The answer was cut off.', { hint: 'run it again', cause: error });
    throw error;
  }
  if (rest !== '') yield rest;
}
