/** Distinguished names as LDAP writes them. RFC 4514, without multi-valued RDNs, which Active Directory has not either. */
import { hresult } from '#hresult/hresult-error';

export interface RelativeDistinguishedName {
  /** As written: `CN`, `DC`, `OU`. */
  readonly type: string;
  readonly value: string;
}

const LIMIT = 64 * 1024;
const ATTRIBUTE_TYPE = /^(?:[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)+)$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

function invalid(text: string, why: string): Error {
  const shown = text.length > 80 ? `${text.slice(0, 80)}...` : text;
  return hresult('ERROR_INVALID_PARAMETER', `"${shown}" is no distinguished name: ${why}`, {
    hint: 'write it as LDAP does: CN=AIA,CN=Public Key Services,CN=Services,CN=Configuration,DC=contoso,DC=com',
  });
}

/** One value: escapes undone, blanks around it dropped unless they are escaped (RFC 4514 §3). */
function parseValue(text: string, whole: string): string {
  let value = '';
  let kept = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character !== '\\') {
      value += value === '' && character === ' ' ? '' : character;
      if (character !== ' ') kept = value.length;
      continue;
    }
    const hex = /^(?:\\[0-9a-fA-F]{2})+/.exec(text.slice(i, i + 3 * 1024))?.[0];
    if (hex !== undefined) {
      const octets = hex.split('\\').slice(1);
      try {
        value += utf8.decode(Uint8Array.from(octets, (pair) => Number.parseInt(pair, 16)));
      } catch {
        throw invalid(whole, 'escaped octets that are no UTF-8');
      }
      i += hex.length - 1;
    } else {
      const next = text[++i];
      if (next === undefined || !' "#+,;<=>\\'.includes(next)) throw invalid(whole, 'a backslash that escapes nothing');
      value += next;
    }
    kept = value.length;
  }
  return value.slice(0, kept);
}

/** The most specific part first. Throws ERROR_INVALID_PARAMETER. */
export function parseDistinguishedName(text: string): RelativeDistinguishedName[] {
  if (text.length > LIMIT) throw invalid(text, 'too long');
  const parts: RelativeDistinguishedName[] = [];
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    if (text[i] === '\\') {
      // What is escaped separates nothing; a backslash at the very end is parseValue's to refuse.
      if (i + 1 < text.length) i++;
      continue;
    }
    if (i < text.length && text[i] !== ',') continue;
    const part = text.slice(start, i);
    const equals = part.indexOf('=');
    const type = part.slice(0, Math.max(equals, 0)).trim();
    if (!ATTRIBUTE_TYPE.test(type)) throw invalid(text, `"${part.trim()}" is no type and value`);
    const value = parseValue(part.slice(equals + 1), text);
    if (value === '') throw invalid(text, `${type} has no value`);
    parts.push({ type, value });
    start = i + 1;
  }
  return parts;
}

function formatValue(value: string): string {
  // Control characters are escaped too, so that a name stays on its line.
  const escaped = value.replace(/["+,;<>\\=]/g, '\\$&').replace(/[\u0000-\u001f]/g, (character) => {
    return `\\${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`;
  });
  return escaped.replace(/^[ #]/, '\\$&').replace(/(?<!\\) $/, '\\ ');
}

export function formatDistinguishedName(parts: readonly RelativeDistinguishedName[]): string {
  return parts.map(({ type, value }) => `${type}=${formatValue(value)}`).join(',');
}

/** A text that is the same for every spelling of the name. */
export function distinguishedNameKey(parts: readonly RelativeDistinguishedName[]): string {
  return parts.map(({ type, value }) => `${type.toLowerCase()}=${formatValue(value.toLowerCase())}`).join(',');
}

/** `DC=contoso,DC=com`. Throws ERROR_INVALID_PARAMETER where the text is no DNS name of a domain. */
export function domainDistinguishedName(dnsName: string): string {
  const labels = dnsName.split('.');
  if (dnsName.length > 253 || !labels.every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label)))
    throw hresult('ERROR_INVALID_PARAMETER', `"${dnsName}" is no DNS name.`, { hint: 'such as --domain example.com' });
  return labels.map((label) => `DC=${label}`).join(',');
}
