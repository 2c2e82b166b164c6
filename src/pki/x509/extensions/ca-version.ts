import { decodeWhole } from '../../asn1/decode-whole.ts';
import { type DerNode, integer } from '../../asn1/der-writer.ts';

/**
 * szOID_CERTSRV_CA_VERSION: an INTEGER, the index of the CA certificate in its low 16 bits and the index of its key in
 * the 16 above; certutil prints `V1.0` for certificate 1 with key 0. Stands in CA certificates and CRLs.
 */
export interface CaVersion {
  readonly certIndex: number;
  readonly keyIndex: number;
}

export function decodeCaVersion(extnValue: Uint8Array): CaVersion {
  const value = decodeWhole(extnValue, (reader) => reader.smallInteger());
  return { certIndex: value & 0xffff, keyIndex: value >>> 16 };
}

export function encodeCaVersion({ certIndex, keyIndex }: CaVersion): DerNode {
  return integer(keyIndex * 0x10000 + certIndex);
}
