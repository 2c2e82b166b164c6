/**
 * The Request store: each entry is a self-signed certificate that ties a new key to its request until the CA's certificate
 * takes its place, with the key's location and what was archived as properties.
 */
import { hresult } from '#hresult/hresult-error';
import { toDer } from '#pki/asn1/ber';
import { id_cct_PKIData, id_signedData } from '#pki/asn1/oid-table';
import { decodeFullRequest } from '#pki/cmc/full-request';
import { decodePkcs7Request } from '#pki/cmc/pkcs7-request';
import { decodeContentInfo, isContentInfo } from '#pki/cms/content-info';
import { decodeSignedData } from '#pki/cms/signed-data';
import type { CryptoEngine, SignatureScheme } from '#pki/crypto/engine';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { isSamePublicKey } from '#pki/keyblob/public-key-match';
import { type CertificationRequest, decodeCertificationRequest } from '#pki/x509/certification-request';
import type { Name } from '#pki/x509/name';
import { buildCertificate, plannedValidity } from './own-certificate.ts';
import type { Enrollment, EnrollmentEntry, EnrollmentProperties, EnrollmentStores } from './ports.ts';

const STORE = 'Request';

export interface PendingRequest {
  readonly subject: Name;
  readonly key: ProviderKey;
  readonly scheme: SignatureScheme;
  readonly properties: EnrollmentProperties;
}

/** Answers the DER of the entry's certificate. */
export async function addPendingRequest(
  { subject, key, scheme, properties }: PendingRequest,
  { stores, engine, now }: { readonly stores: EnrollmentStores; readonly engine: CryptoEngine; readonly now: Date },
): Promise<Uint8Array> {
  const validity = plannedValidity({ notBefore: undefined, notAfter: undefined, period: undefined }, now);
  const dummy = await buildCertificate({ subject, validity, extensions: [], signer: key, scheme, engine });
  await stores.open(STORE).add(dummy, properties);
  return dummy;
}

export async function findPendingRequest(
  stores: EnrollmentStores,
  publicKey: Uint8Array,
): Promise<EnrollmentEntry | undefined> {
  const entries = await stores.open(STORE).list();
  return entries.find((entry) => isSamePublicKey(publicKeyOf(entry), publicKey));
}

function publicKeyOf({ certificate }: EnrollmentEntry): Uint8Array {
  return certificate.tbsCertificate.subjectPublicKeyInfo.raw;
}

/** False where the entry was not there any more. */
export async function removePendingRequest(stores: EnrollmentStores, publicKey: Uint8Array): Promise<boolean> {
  const entry = await findPendingRequest(stores, publicKey);
  return entry !== undefined && stores.open(STORE).remove(entry);
}

/** Notes at the entry which CA has the request; nothing where the request was made elsewhere. */
export async function recordEnrollment(
  stores: EnrollmentStores,
  publicKey: Uint8Array,
  enrollment: Enrollment,
): Promise<void> {
  const entry = await findPendingRequest(stores, publicKey);
  if (entry) await stores.open(STORE).setProperty(entry, 'enrollment', enrollment);
}

/** The PKCS #10 of a request in any form, DER or BER. Throws as the decoders do, ERROR_INVALID_DATA for no request. */
export function certificationRequestOf(bytes: Uint8Array): CertificationRequest {
  const der = toDer(bytes);
  if (!isContentInfo(der)) return decodeCertificationRequest(der);
  if (decodeContentInfo(der).contentType !== id_signedData) {
    throw hresult('CRYPT_E_INVALID_MSG_TYPE', 'The message is not signed, and no request.');
  }
  const { eContentType } = decodeSignedData(der).encapContentInfo;
  const request = eContentType === id_cct_PKIData ? decodeFullRequest(der) : decodePkcs7Request(der);
  return request.certificationRequest;
}
