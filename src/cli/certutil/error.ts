import { formatHresult, messageText, parseHresult, symbolOf } from '#hresult/format';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';

/** `certutil -error Code`: hexadecimal, decimal or signed. */
export async function run({ args, out }: CertutilContext): Promise<Json> {
  const typed = args[0]!;
  const code = parseHresult(typed);
  if (code === undefined) throw hresult('ERROR_INVALID_PARAMETER', `"${typed}" is no 32-bit number.`);
  out(`${formatHresult(code)} -- ${code} (${code | 0})`);
  const text = messageText(code);
  // FormatMessage fails with this where Windows has no text.
  if (text === undefined)
    throw hresult('ERROR_MR_MID_NOT_FOUND', `No text is known for ${formatHresult(code)}.`, {
      hint: /^[89][0-9]{7}$/.test(typed) ? `certutil -error 0x${typed} reads it as hexadecimal` : undefined,
    });
  out(`Error message text: ${text}`);
  return { code, signed: code | 0, printed: formatHresult(code), symbol: symbolOf(code), message: text };
}
