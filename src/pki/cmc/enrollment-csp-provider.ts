import { decodeWhole } from '../asn1/decode-whole.ts';
import type { BitString } from '../asn1/der-reader.ts';
import { bitString, bmpString, encodeDer, integer, sequence } from '../asn1/der-writer.ts';

/**
 * `szOID_ENROLLMENT_CSP_PROVIDER` (MS-WCCE 2.2.2.7): where the client made the key.
 *
 * ```asn1
 * CSPProvider ::= SEQUENCE { keySpec INTEGER, cspName BMPString, signature BIT STRING }
 * ```
 */
export interface CspProvider {
  /** 1 AT_KEYEXCHANGE, 2 AT_SIGNATURE, 0 for a key of CNG. */
  readonly keySpec: number;
  readonly cspName: string;
  /** Never a signature: empty today, 136 zero octets from clients of Windows Server 2003. */
  readonly signature: BitString;
}

/** Throws Asn1Error. */
export function decodeCspProvider(value: Uint8Array): CspProvider {
  return decodeWhole(value, (reader) => {
    const fields = reader.sequence();
    const keySpec = fields.smallInteger();
    const cspName = fields.string();
    const signature = fields.bitString();
    fields.finish();
    return { keySpec, cspName, signature };
  });
}

export function encodeCspProvider(value: Omit<CspProvider, 'signature'> & Partial<CspProvider>): Uint8Array {
  const { bytes, unusedBits } = value.signature ?? { bytes: new Uint8Array(0), unusedBits: 0 };
  return encodeDer(sequence(integer(value.keySpec), bmpString(value.cspName), bitString(bytes, unusedBits)));
}
