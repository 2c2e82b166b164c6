/** How -CAInfo shows values: those of published transcripts where there are any. */
import type { CaInfo } from '#ca/api';
import { CA_TYPE } from '#ca/config/registry-flags';
import { CPF } from '#ca/schema/dispositions';
import { formatHresult } from '#hresult/format';
import { encodeBase64 } from '#pki/asn1/base64';
import { encodeCertsOnly } from '#pki/cms/certs-only';
import { decodeCertificateList } from '#pki/x509/certificate-list';
import { orUndefined } from '#pki/x509/readable-extension';
import { pemLines } from '../der-output.ts';
import { oidText } from '../dump/oid-text.ts';
import { flagLines, flagNames, type NamedBit, propertyText } from '../text/dword-text.ts';
import type { PropertyValue } from './property.ts';

const CPF_BITS: readonly NamedBit[] = Object.entries(CPF).map(([name, value]) => ({ name: `CPF_${name}`, value }));

const CA_TYPE_TEXTS: Readonly<Record<number, string>> = {
  0: 'Enterprise Root CA',
  1: 'Enterprise Subordinate CA',
  3: 'Stand-alone Root CA',
  4: 'Stand-alone Subordinate CA',
};

const CA_DISP_ERROR = 1;
const CA_DISP_VALID = 3;
const CA_DISP_INVALID = 4;
export const CA_DISP_TEXTS = ['Incomplete', 'Error', 'Revoked', 'Valid', 'Invalid', 'Under Submission'];
export const KRA_DISP_TEXTS = ['Expired', 'Not Found', 'Revoked', 'Valid', 'Invalid', 'Untrusted', 'Not Loaded'];

export const text = (value: string | undefined): PropertyValue | undefined =>
  value === undefined ? undefined : { text: value, value };
export const number = (value: number): PropertyValue => ({ text: propertyText(value), value });
export const state = (value: number, texts: readonly string[]): PropertyValue => ({
  text: `${value} -- ${texts[value] ?? '???'}`,
  value,
});
export const der = (bytes: Uint8Array | undefined, label: string): PropertyValue | undefined =>
  bytes && { text: '', more: pemLines(label, bytes), value: encodeBase64(bytes) };

/** A certs-only PKCS #7. */
export function chain(certificates: readonly Uint8Array[], crls?: readonly Uint8Array[]): PropertyValue | undefined {
  return der(encodeCertsOnly(certificates, crls), 'PKCS7');
}

/** One a line, as MS-WCCE's string of lines has them; undefined where there is none. */
export function urls(values: readonly string[]): PropertyValue | undefined {
  return values.length === 0 ? undefined : { text: '', more: values.map((url) => `    ${url}`), value: [...values] };
}

export function objectIds(values: readonly string[]): PropertyValue | undefined {
  if (values.length === 0) return undefined;
  return { text: '', more: values.map((oid) => `    ${oidText(oid)}`), value: [...values] };
}

/** 0, or the code and its name. */
export function statusCode(value: number): PropertyValue {
  return { text: value === 0 ? '0' : formatHresult(value), value };
}

export function caType(value: number): PropertyValue {
  const constant = Object.entries(CA_TYPE).find(([, type]) => type === value)?.[0] ?? 'ENUM_UNKNOWN_CA';
  return {
    text: `${value} -- ${CA_TYPE_TEXTS[value] ?? 'Unknown'}`,
    more: [`    ${constant} -- ${value}`],
    value: { type: value, name: constant },
  };
}

/** MS-WCCE 2.2.2.4, the structure CAINFO; under its fields' names, which is assumed. */
export function caInfoStructure(info: CaInfo): PropertyValue {
  const fields = {
    cbSize: 40,
    CAType: info.caType,
    cCASignatureCerts: info.certificates.length,
    cCAExchangeCerts: 1,
    cExitAlgorithms: info.exitDescriptions.length,
    lPropIDMax: info.propIdMax,
    lRoleSeparationEnabled: info.roleSeparationEnabled ? 1 : 0,
    cKRACertUsedCount: info.kraUsed,
    cKRACertCount: info.kras.length,
    fAdvancedServer: info.advancedServer ? 1 : 0,
  };
  const more = Object.entries(fields).map(([name, value]) => `    ${name}: ${propertyText(value)}`);
  return { text: '', more, value: fields };
}

/** MS-WCCE 3.2.1.4.3.2.39: index of the certificate in the low word, of its key in the high one. */
export function certVersion({ index, keyIndex }: CaInfo['certificates'][number]): PropertyValue {
  const version = (keyIndex << 16) | index;
  return { text: `${propertyText(version)} -- V${index}.${keyIndex}`, value: version };
}

export function crlState(crl: Uint8Array | undefined, now: Date): PropertyValue {
  const list = crl && orUndefined(() => decodeCertificateList(crl));
  if (list === undefined) return state(CA_DISP_ERROR, CA_DISP_TEXTS);
  const { nextUpdate } = list.tbsCertList;
  return state(nextUpdate !== undefined && now > nextUpdate ? CA_DISP_INVALID : CA_DISP_VALID, CA_DISP_TEXTS);
}

export function publishStatus(value: number): PropertyValue {
  return {
    text: propertyText(value),
    more: flagLines(value, CPF_BITS),
    value: { status: value, flags: flagNames(value, CPF_BITS) },
  };
}
