import { hresult } from '#hresult/hresult-error';

/** A request attribute such as `CertificateTemplate` and its value. */
export type NameValuePair = readonly [name: string, value: string];

/**
 * The text of the id-cmc-regInfo control: `Name=Value&Name=Value&`.
 * No specification gives an escaping rule: percent-encoding is read where it is well formed, and stands for itself where
 * it is not. A part without `=` is a name without value.
 */
export function parseRegistrationInfo(text: string): NameValuePair[] {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name, value] = splitFirst(part, '=');
      return [decodePercent(name), decodePercent(value)] as const;
    });
}

/** With the trailing `&` that Windows writes; only what would be misread is percent-encoded. */
export function formatRegistrationInfo(pairs: readonly NameValuePair[]): string {
  return pairs.map(([name, value]) => `${encodePercent(name, /[%&=]/g)}=${encodePercent(value, /[%&]/g)}&`).join('');
}

/** The text of a request's attributes (`pwszAttributes`, `-attrib`): `Name:Value` lines, LF or CRLF. */
export function parseRequestAttributes(text: string): NameValuePair[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name, value] = splitFirst(line, ':');
      return [name.trim(), value.trim()] as const;
    });
}

/** Throws ERROR_INVALID_PARAMETER where a name or value would break out of its line. */
export function formatRequestAttributes(pairs: readonly NameValuePair[]): string {
  return pairs
    .map(([name, value]) => {
      if (/[\r\n:]/.test(name) || /[\r\n]/.test(value)) {
        throw hresult('ERROR_INVALID_PARAMETER', `The request attribute "${name}" does not fit on a line.`);
      }
      return `${name}:${value}\n`;
    })
    .join('');
}

/** The first value of a name; case does not count. */
export function valueOfName(pairs: readonly NameValuePair[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  return pairs.find(([candidate]) => candidate.toLowerCase() === wanted)?.[1];
}

function splitFirst(text: string, separator: string): NameValuePair {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function encodePercent(text: string, reserved: RegExp): string {
  return text.replace(reserved, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
