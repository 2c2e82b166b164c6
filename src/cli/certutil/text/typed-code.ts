/** Error codes that a person types, and their texts. */
import { formatHresult, messageText, parseHresult } from '#hresult/format';
import { hresult } from '#hresult/hresult-error';

/** Unsigned. Throws ERROR_INVALID_PARAMETER for what is no 32-bit number. */
export function typedCode(typed: string): number {
  const code = parseHresult(typed);
  if (code === undefined)
    throw hresult('ERROR_INVALID_PARAMETER', `"${typed}" is no 32-bit number.`, {
      hint: 'write it as it was printed, such as 0x80092004 or -2146885628',
    });
  return code;
}

/** Throws ERROR_MR_MID_NOT_FOUND, with which FormatMessage fails where Windows has no text. */
export function requireMessageText(code: number, typed: string): string {
  const text = messageText(code);
  if (text !== undefined) return text;
  throw hresult('ERROR_MR_MID_NOT_FOUND', `No text is known for ${formatHresult(code)}.`, {
    hint: /^[89][0-9]{7}$/.test(typed) ? `certutil -error 0x${typed} reads it as hexadecimal` : undefined,
  });
}
