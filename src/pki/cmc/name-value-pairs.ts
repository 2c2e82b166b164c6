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

/** ICertAdmin::SetRequestAttributes, in characters. */
const LONGEST_NAME = 127;
const LONGEST_VALUE = 4096;

/** As `parseRequestAttributes`, of what a person typed. Throws ERROR_INVALID_PARAMETER for a line that is no attribute. */
export function requireRequestAttributes(text: string): NameValuePair[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  for (const line of lines) {
    const at = line.indexOf(':');
    const name = line.slice(0, Math.max(at, 0)).trim();
    if (name === '') throw notAnAttribute(line, 'is no request attribute');
    if (name.length > LONGEST_NAME || line.slice(at + 1).trim().length > LONGEST_VALUE)
      throw notAnAttribute(line, `is longer than ${LONGEST_NAME} and ${LONGEST_VALUE} characters`);
  }
  return parseRequestAttributes(text);
}

function notAnAttribute(line: string, what: string): Error {
  return hresult('ERROR_INVALID_PARAMETER', `"${line.trim().slice(0, 80)}" ${what}.`, {
    hint: 'write Name:Value, such as CertificateTemplate:User; several are parted by \\n',
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
