import { hresult } from '#hresult/hresult-error';
import { id_data } from '../asn1/oid-table.ts';
import { decodeSignedData, type SignedData } from '../cms/signed-data.ts';
import { type CertificationRequest, decodeCertificationRequest } from '../x509/certification-request.ts';
import { findArchivedKey } from './archived-key.ts';
import { findEncryptedKeyHash } from './encrypted-key-hash.ts';
import { pkcs10Attributes } from './pkcs10-attributes.ts';

/** A PKCS #10 signed once more, as clients renew without CMC (MS-WCCE 2.2.2.6.2): SignedData over id-data. */
export interface Pkcs7Request {
  readonly raw: Uint8Array;
  readonly signedData: SignedData;
  readonly certificationRequest: CertificationRequest;
  /** The sealed private key, the ContentInfo exactly as received: from clients that know no CMC. */
  readonly archivedKey: { readonly contentInfo: Uint8Array } | undefined;
  readonly encryptedKeyHash: Uint8Array | undefined;
}

/**
 * Takes DER or BER; no signature is checked.
 * Throws CRYPT_E_INVALID_MSG_TYPE where the message is not signed data over id-data, CRYPT_E_NO_SIGNER where nobody signed
 * it, ERROR_INVALID_DATA where it is empty, CERTSRV_E_BAD_REQUEST_KEY_ARCHIVAL where an archived key stands anywhere but in
 * its one place, Asn1Error.
 */
export function decodePkcs7Request(bytes: Uint8Array): Pkcs7Request {
  const signedData = decodeSignedData(bytes);
  const certificationRequest = decodeCertificationRequest(signedContent(signedData, id_data));
  const attributes = pkcs10Attributes(certificationRequest);
  return {
    raw: bytes,
    signedData,
    certificationRequest,
    archivedKey: findArchivedKey(bytes, [signedData], attributes),
    encryptedKeyHash: findEncryptedKeyHash(attributes),
  };
}

/** The content of a signed message of a given type. Throws as `decodePkcs7Request`. */
export function signedContent({ encapContentInfo, signerInfos }: SignedData, contentType: string): Uint8Array {
  if (encapContentInfo.eContentType !== contentType) {
    throw hresult('CRYPT_E_INVALID_MSG_TYPE', `The signed content is ${encapContentInfo.eContentType}.`);
  }
  if (signerInfos.length === 0) throw hresult('CRYPT_E_NO_SIGNER', 'The message is not signed by anybody.');
  if (!encapContentInfo.eContent) throw hresult('ERROR_INVALID_DATA', 'The signed message has no content.');
  return encapContentInfo.eContent;
}
