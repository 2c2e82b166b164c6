/** Bit fields of RFC 5280 as CryptFormatObject prints them: `Digital Signature, Key Encipherment (a0)`. */
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';

type BitNames = readonly (readonly [bit: number, ...names: string[]])[];

/** CryptFormatObject knows the bit of CRL signing under two names and prints both. */
const KEY_USAGE_NAMES: BitNames = [
  [KEY_USAGE.digitalSignature, 'Digital Signature'],
  [KEY_USAGE.nonRepudiation, 'Non-Repudiation'],
  [KEY_USAGE.keyEncipherment, 'Key Encipherment'],
  [KEY_USAGE.dataEncipherment, 'Data Encipherment'],
  [KEY_USAGE.keyAgreement, 'Key Agreement'],
  [KEY_USAGE.keyCertSign, 'Certificate Signing'],
  [KEY_USAGE.cRLSign, 'Off-line CRL Signing', 'CRL Signing'],
  [KEY_USAGE.encipherOnly, 'Encipher Only'],
  [KEY_USAGE.decipherOnly, 'Decipher Only'],
];

const REASON_NAMES: BitNames = [
  [0x40, 'Key Compromise'],
  [0x20, 'CA Compromise'],
  [0x10, 'Affiliation Changed'],
  [0x08, 'Superseded'],
  [0x04, 'Cessation of Operation'],
  [0x02, 'Certificate Hold'],
  [0x01, 'Privilege Withdrawn'],
  [0x8000, 'AA Compromise'],
];

export function keyUsageText(usage: number): string {
  return bitsText(usage, KEY_USAGE_NAMES);
}

export function reasonFlagsText(reasons: number): string {
  return bitsText(reasons, REASON_NAMES);
}

function bitsText(value: number, table: BitNames): string {
  const names = table.flatMap(([bit, ...each]) => (value & bit ? each : []));
  const octets = value > 0xff ? [value & 0xff, value >>> 8] : [value];
  const hex = octets.map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
  return `${names.length === 0 ? 'Information Not Available' : names.join(', ')} (${hex})`;
}
