import { decodeWhole } from '../../asn1/decode-whole.ts';
import { type DerNode, namedBits } from '../../asn1/der-writer.ts';

/**
 * The bits of `KeyUsage` (RFC 5280 §4.2.1.3) as numbers: the first octet of the BIT STRING is the low byte, as in the
 * CERT_*_KEY_USAGE constants, request INF files and the templates' pKIKeyUsage.
 */
export const KEY_USAGE = {
  digitalSignature: 0x80,
  nonRepudiation: 0x40,
  keyEncipherment: 0x20,
  dataEncipherment: 0x10,
  keyAgreement: 0x08,
  keyCertSign: 0x04,
  cRLSign: 0x02,
  encipherOnly: 0x01,
  decipherOnly: 0x8000,
} as const;

/** KEY_USAGE bits, or-ed. */
export type KeyUsage = number;

/** Bits after the ninth are unknown and dropped. */
export function decodeKeyUsage(extnValue: Uint8Array): KeyUsage {
  const { bytes } = decodeWhole(extnValue, (reader) => reader.bitString());
  return (bytes[0] ?? 0) | (((bytes[1] ?? 0) & 0x80) << 8);
}

export function encodeKeyUsage(usage: KeyUsage): DerNode {
  return namedBits({ bytes: Uint8Array.of(usage & 0xff, (usage >> 8) & 0x80), unusedBits: 0 });
}
