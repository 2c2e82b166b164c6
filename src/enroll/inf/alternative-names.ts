/** Subject alternative names as text: `dns=a&upn=b@c`, in [Extensions] of an INF (certreq's SAN tags, MS-WCCE 2.2.2.7). */

import { hresult } from '#hresult/hresult-error';
import { decodeBase64 } from '#pki/asn1/base64';
import { parseHex } from '#pki/asn1/bytes';
import { decodeWhole } from '#pki/asn1/decode-whole';
import { encodeDer, octetString, utf8String } from '#pki/asn1/der-writer';
import { isOid } from '#pki/asn1/object-identifier';
import { isIa5String } from '#pki/asn1/strings';
import { directoryGuid, type GeneralName, userPrincipalName } from '#pki/x509/general-name';
import { parseName } from '#pki/x509/name-text';

/** Throws ERROR_INVALID_DATA for a name that is none, CRYPT_E_INVALID_IA5_STRING, CRYPT_E_INVALID_X500_STRING. */
export function parseAlternativeNames(text: string): GeneralName[] {
  return text
    .split('&')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const at = part.indexOf('=');
      if (at < 0) throw hresult('ERROR_INVALID_DATA', `The name "${part}" has no tag such as dns=.`);
      return parseAlternativeName(part.slice(0, at).trim(), part.slice(at + 1).trim());
    });
}

function parseAlternativeName(tag: string, value: string): GeneralName {
  switch (tag.toLowerCase()) {
    case 'dns':
    case 'fqdn':
      return { type: 'dNSName', value: ia5(tag, value) };
    case 'email':
      return { type: 'rfc822Name', value: ia5(tag, value) };
    case 'url':
      return { type: 'uniformResourceIdentifier', value: ia5(tag, value) };
    case 'upn':
      return userPrincipalName(value);
    case 'dn':
    case 'directoryname':
      return { type: 'directoryName', value: parseName(unquoted(value)) };
    case 'ipaddress':
      return { type: 'iPAddress', value: parseIpAddress(value) };
    case 'registeredid':
      if (!isOid(value)) throw hresult('ERROR_INVALID_DATA', `"${value}" is no object identifier.`);
      return { type: 'registeredID', value };
    case 'guid':
      return directoryGuid(parseGuid(value));
    default:
      if (isOid(tag)) return { type: 'otherName', typeId: tag, value: parseOtherName(value) };
      throw hresult('ERROR_INVALID_DATA', `"${tag}" is no kind of name.`, {
        hint: 'dns, email, upn, url, ipaddress, dn, registeredid, guid, or an object identifier.',
      });
  }
}

function ia5(tag: string, value: string): string {
  if (value === '' || !isIa5String(value)) throw hresult('CRYPT_E_INVALID_IA5_STRING', `${tag}=${value}`);
  return value;
}

function unquoted(value: string): string {
  return /^".*"$/s.test(value) ? value.slice(1, -1) : value;
}

/** `{utf8}text`, `{octet}base64`, `{octet}{hex}…`, `{asn}base64`, `{asn}{hex}…`, `{hex}…` (DER). */
function parseOtherName(value: string): Uint8Array {
  const [, kind = '', form, rest = ''] = /^\{(utf8|octet|asn|hex)\}(\{hex\})?(.*)$/is.exec(value) ?? [];
  const bytes = () => (form !== undefined || kind.toLowerCase() === 'hex' ? parseHex(rest) : decodeBase64(rest));
  switch (kind.toLowerCase()) {
    case 'utf8':
      return encodeDer(utf8String(`${form ?? ''}${rest}`));
    case 'octet':
      return encodeDer(octetString(bytes()));
    case 'asn':
    case 'hex':
      return decodeWhole(bytes(), (reader) => reader.element());
    default:
      throw hresult('ERROR_INVALID_DATA', `"${value}" begins with none of {utf8}, {octet}, {asn}, {hex}.`);
  }
}

/** Four or sixteen octets. */
export function parseIpAddress(text: string): Uint8Array {
  const dotted = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) ? text.split('.').map(Number) : undefined;
  if (dotted?.every((octet) => octet < 256)) return Uint8Array.from(dotted);
  const groups = dotted ? undefined : colonGroups(text);
  if (!groups) throw hresult('ERROR_INVALID_DATA', `"${text}" is no IP address.`);
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** RFC 4291 §2.2, without the dotted form at the end. */
function colonGroups(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const written = [...head, ...(tail ?? [])];
  const missing = 8 - written.length;
  if (!written.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const zeros = tail === undefined ? [] : Array<string>(missing).fill('0');
  return [...head, ...zeros, ...(tail ?? [])].map((group) => Number.parseInt(group, 16));
}

/** The order of the directory's objectGUID: the first three fields little-endian. */
function parseGuid(text: string): Uint8Array {
  const fields = /^\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?$/i.exec(text);
  if (!fields) throw hresult('ERROR_INVALID_DATA', `"${text}" is no GUID.`);
  const [a, b, c] = [1, 2, 3].map((i) => parseHex(fields[i]!).reverse());
  return Uint8Array.of(...a!, ...b!, ...c!, ...parseHex(fields[4]!), ...parseHex(fields[5]!));
}
