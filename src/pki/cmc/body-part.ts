import { Asn1Error } from '../asn1/asn1-error.ts';
import type { DerReader } from '../asn1/der-reader.ts';

const MAX_BODY_PART_ID = 4294967295n;

/** `BodyPartID ::= INTEGER (0..4294967295)`, RFC 5272 §3.2.2; 0 means the enclosing PKIData itself. */
export function readBodyPartId(reader: DerReader): number {
  const at = reader.offset;
  const value = reader.integer();
  if (value < 0n || value > MAX_BODY_PART_ID) {
    throw new Asn1Error('CRYPT_E_ASN1_CONSTRAINT', at, 'BodyPartID outside 0 to 4294967295');
  }
  return Number(value);
}
