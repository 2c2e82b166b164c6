import { hresult } from '#hresult/hresult-error';
import { id_data } from '../asn1/oid-table.ts';
import type { Certificate } from '../x509/certificate.ts';
import { certificatesOf } from './certificate-set.ts';
import { decodeSignedData, encodeSignedData, type SignedData } from './signed-data.ts';

/** A degenerate SignedData that only carries certificates: a `.p7b`, the CMC simple response (RFC 5272 §4.1). */
export function encodeCertsOnly(certificates: readonly Uint8Array[], crls?: readonly Uint8Array[]): Uint8Array {
  return encodeSignedData({
    version: 1,
    digestAlgorithms: [],
    encapContentInfo: { eContentType: id_data, eContent: undefined },
    certificates,
    crls: crls?.length ? crls : undefined,
    signerInfos: [],
  });
}

/** Throws CRYPT_E_BAD_MSG where the message is signed or carries content, CRYPT_E_INVALID_MSG_TYPE, Asn1Error. */
export function decodeCertsOnly(bytes: Uint8Array): { certificates: Certificate[]; crls: readonly Uint8Array[] } {
  const signedData: SignedData = decodeSignedData(bytes);
  if (signedData.signerInfos.length > 0) throw hresult('CRYPT_E_BAD_MSG', 'The message is signed, not certs-only.');
  return { certificates: certificatesOf(signedData), crls: signedData.crls ?? [] };
}
