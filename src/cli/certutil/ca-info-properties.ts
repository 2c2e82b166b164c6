/**
 * The properties of a CA that -CAInfo shows, one row each, in the order of Microsoft's reference. Labels are those of the
 * reference; layouts those of published transcripts where there are any.
 */
import type { CaInfo } from '#ca/api';
import { CA_TYPE } from '#ca/config/registry-flags';
import { CPF } from '#ca/schema/dispositions';
import { encodeBase64 } from '#pki/asn1/base64';
import { decodeCertificateList } from '#pki/x509/certificate-list';
import { orUndefined } from '#pki/x509/readable-extension';
import type { Json } from '../io/verb.ts';
import { pemLines } from './der-output.ts';
import { flagLines, flagNames, type NamedBit, propertyText } from './text/dword-text.ts';

/** What a property reads from. */
export interface PropertySource {
  readonly info: CaInfo;
  readonly now: Date;
  /** Asks the CA, which makes one where none is current. */
  exchangeCertificate(): Promise<Uint8Array>;
}

/** What stands behind the label: the first line, further lines, and the value for --json. */
export interface PropertyValue {
  readonly text: string;
  readonly more?: readonly string[];
  readonly value: Json;
}

export interface CaProperty {
  readonly name: string;
  readonly label: string;
  /** Of an indexed property: how many values there are. */
  readonly count?: (info: CaInfo) => number;
  /** Long output, shown only where it is named, or with `*`. */
  readonly isBinary?: true;
  /** Undefined where the CA has no such value. */
  readonly read: (source: PropertySource, index: number) => PropertyValue | undefined | Promise<PropertyValue>;
}

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
const CA_DISP_TEXTS = ['Incomplete', 'Error', 'Revoked', 'Valid', 'Invalid', 'Under Submission'];
const KRA_DISP_TEXTS = ['Expired', 'Not Found', 'Revoked', 'Valid', 'Invalid', 'Untrusted', 'Not Loaded'];

const text = (value: string | undefined): PropertyValue | undefined =>
  value === undefined ? undefined : { text: value, value };
const number = (value: number): PropertyValue => ({ text: propertyText(value), value });
const state = (value: number, texts: readonly string[]): PropertyValue => ({
  text: `${value} -- ${texts[value] ?? '???'}`,
  value,
});
const der = (bytes: Uint8Array | undefined, label: string): PropertyValue | undefined =>
  bytes && { text: '', more: pemLines(label, bytes), value: encodeBase64(bytes) };

const certCount = (info: CaInfo) => info.certificates.length;
const crlCount = (info: CaInfo) => info.crls.length;
const kraCount = (info: CaInfo) => info.kras.length;

export const CA_PROPERTIES: readonly CaProperty[] = [
  { name: 'file', label: 'File version', read: ({ info }) => text(info.productVersion) },
  { name: 'product', label: 'Product version', read: ({ info }) => text(info.productVersion) },
  { name: 'exitcount', label: 'Exit module count', read: ({ info }) => number(info.exitDescriptions.length) },
  {
    name: 'exit',
    label: 'Exit module description',
    count: (info) => info.exitDescriptions.length,
    read: ({ info }, index) => text(info.exitDescriptions[index]),
  },
  { name: 'policy', label: 'Policy module description', read: ({ info }) => text(info.policyDescription) },
  { name: 'name', label: 'CA name', read: ({ info }) => text(info.commonName) },
  { name: 'sanitizedname', label: 'Sanitized CA name', read: ({ info }) => text(info.sanitizedName) },
  {
    name: 'dsname',
    label: 'Sanitized CA short name (DS name)',
    read: ({ info }) => text(info.sanitizedShortName),
  },
  { name: 'type', label: 'CA type', read: ({ info }) => caType(info.caType) },
  { name: 'parent', label: 'Parent CA', read: ({ info }) => text(info.parentCa) },
  { name: 'certcount', label: 'CA cert count', read: ({ info }) => number(info.certificates.length) },
  { name: 'xchgcount', label: 'CA exchange cert count', read: () => number(1) },
  { name: 'kracount', label: 'KRA cert count', read: ({ info }) => number(info.kras.length) },
  { name: 'kraused', label: 'KRA cert used count', read: ({ info }) => number(info.kraUsed) },
  { name: 'propidmax', label: 'Maximum CA PropId', read: ({ info }) => number(info.propIdMax) },
  {
    name: 'certstate',
    label: 'CA cert',
    count: certCount,
    read: ({ info }, index) => state(info.certificates[index]!.state, CA_DISP_TEXTS),
  },
  {
    name: 'certversion',
    label: 'CA cert version',
    count: certCount,
    read: ({ info }, index) => certVersion(info, index),
  },
  {
    name: 'crlstate',
    label: 'CRL',
    count: crlCount,
    read: ({ info, now }, index) => state(crlState(info.crls[index]!.crl, now), CA_DISP_TEXTS),
  },
  {
    name: 'krastate',
    label: 'KRA cert',
    count: kraCount,
    read: ({ info }, index) => state(info.kras[index]!.state, KRA_DISP_TEXTS),
  },
  {
    name: 'cert',
    label: 'CA cert',
    count: certCount,
    isBinary: true,
    read: ({ info }, index) => der(info.certificates[index]!.certificate, 'CERTIFICATE'),
  },
  {
    name: 'xchg',
    label: 'CA exchange cert',
    count: () => 1,
    isBinary: true,
    read: async (source) => der(await source.exchangeCertificate(), 'CERTIFICATE')!,
  },
  {
    name: 'kra',
    label: 'KRA cert',
    count: kraCount,
    isBinary: true,
    read: ({ info }, index) => der(info.kras[index]!.certificate, 'CERTIFICATE'),
  },
  {
    name: 'CRL',
    label: 'Base CRL',
    count: crlCount,
    isBinary: true,
    read: ({ info }, index) => der(info.crls[index]!.crl, 'X509 CRL'),
  },
  {
    name: 'crlstatus',
    label: 'CRL Publish Status',
    count: crlCount,
    read: ({ info }, index) => publishStatus(info.crls[index]!.publishStatus),
  },
  { name: 'dns', label: 'DNS Name', read: ({ info }) => text(info.dnsName) },
  { name: 'role', label: 'Role Separation', read: ({ info }) => number(info.roleSeparationEnabled ? 1 : 0) },
  { name: 'ads', label: 'Advanced Server', read: ({ info }) => number(info.advancedServer ? 1 : 0) },
  {
    name: 'templates',
    label: 'Templates',
    read: ({ info }) => ({
      text: '',
      more: info.templates.map(({ commonName, oid }) => `    ${commonName} -- ${oid}`),
      value: info.templates.map(({ commonName, oid }) => ({ commonName, oid })),
    }),
  },
];

function caType(value: number): PropertyValue {
  const constant = Object.entries(CA_TYPE).find(([, type]) => type === value)?.[0] ?? 'ENUM_UNKNOWN_CA';
  return {
    text: `${value} -- ${CA_TYPE_TEXTS[value] ?? 'Unknown'}`,
    more: [`    ${constant} -- ${value}`],
    value: { type: value, name: constant },
  };
}

/** MS-WCCE 3.2.1.4.3.2.39: index of the certificate in the low word, of its key in the high one. */
function certVersion(info: CaInfo, position: number): PropertyValue {
  const { index, keyIndex } = info.certificates[position]!;
  const version = (keyIndex << 16) | index;
  return { text: `${propertyText(version)} -- V${index}.${keyIndex}`, value: version };
}

function crlState(crl: Uint8Array | undefined, now: Date): number {
  const list = crl && orUndefined(() => decodeCertificateList(crl));
  if (list === undefined) return CA_DISP_ERROR;
  const { nextUpdate } = list.tbsCertList;
  return nextUpdate !== undefined && now > nextUpdate ? CA_DISP_INVALID : CA_DISP_VALID;
}

function publishStatus(value: number): PropertyValue {
  return {
    text: propertyText(value),
    more: flagLines(value, CPF_BITS),
    value: { status: value, flags: flagNames(value, CPF_BITS) },
  };
}
