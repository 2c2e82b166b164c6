import { decodeWhole } from '../../asn1/decode-whole.ts';
import type { DerNode } from '../../asn1/der-writer.ts';
import { type GeneralNames, generalNames, readGeneralNames } from '../general-name.ts';

/** RFC 5280 §4.2.1.6 and §4.2.1.7: subjectAltName and issuerAltName are GeneralNames both. */
export function decodeAltName(extnValue: Uint8Array): GeneralNames {
  return decodeWhole(extnValue, (reader) => readGeneralNames(reader));
}

export function encodeAltName(names: GeneralNames): DerNode {
  return generalNames(names);
}
