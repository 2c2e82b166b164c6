import { formatHresult, symbolOf } from '#hresult/format';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { requireMessageText, typedCode } from './text/typed-code.ts';

/** `certutil -error Code`: hexadecimal, decimal or signed. */
export async function run({ args, out }: CertutilContext): Promise<Json> {
  const typed = args[0]!;
  const code = typedCode(typed);
  out(`${formatHresult(code)} -- ${code} (${code | 0})`);
  const text = requireMessageText(code, typed);
  out(`Error message text: ${text}`);
  return { code, signed: code | 0, printed: formatHresult(code), symbol: symbolOf(code), message: text };
}
