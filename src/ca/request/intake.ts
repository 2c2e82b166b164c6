/**
 * What a request says, whichever form it came in: PKCS #10, CMC full request, PKCS #7 around a PKCS #10. The form is read
 * from the bytes, never from what the caller claims. MS-WCCE 3.2.1.4.2.1.4.1.
 */
import { hresult } from '#hresult/hresult-error';
import { toDer } from '#pki/asn1/ber';
import { id_cct_PKIData, id_data, id_signedData, szOID_ARCHIVED_KEY_ATTR } from '#pki/asn1/oid-table';
import { decodeFullRequest, withoutArchivedKey } from '#pki/cmc/full-request';
import { type NameValuePair, parseRequestAttributes } from '#pki/cmc/name-value-pairs';
import { decodePkcs7Request } from '#pki/cmc/pkcs7-request';
import { decodeContentInfo } from '#pki/cms/content-info';
import { decodeSignedData, type SignedData } from '#pki/cms/signed-data';
import { isNoSignature, signerCertificate, verifyNoSignature, verifySignerInfo } from '#pki/cms/verify';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { Certificate } from '#pki/x509/certificate';
import {
  type CertificationRequest,
  decodeCertificationRequest,
  isNullSigned,
  isSignedByOwnKey,
  requestedExtensions,
} from '#pki/x509/certification-request';
import type { Extension } from '#pki/x509/extension';
import { CR_IN } from '../schema/dispositions.ts';
import { nameValuePairs } from './name-value-attributes.ts';

export interface Intake {
  /** CR_IN_PKCS10, CR_IN_CMC, CR_IN_PKCS7, with CR_IN_FULLRESPONSE. */
  readonly requestType: number;
  /** What the database keeps: never with the archived key. */
  readonly rawRequest: Uint8Array;
  readonly certificationRequest: CertificationRequest;
  readonly extensions: readonly Extension[];
  /** From the call, the request's own pairs and CMC's regInfo, in this order. */
  readonly attributes: readonly NameValuePair[];
  /** Certificates that signed around the requester's own key. Their signatures hold; whom to trust is policy's business. */
  readonly cosigners: readonly Certificate[];
  /** DER ContentInfo out of szOID_ARCHIVED_KEY_ATTR. */
  readonly archivedKey: Uint8Array | undefined;
  readonly encryptedKeyHash: Uint8Array | undefined;
}

/**
 * Throws Asn1Error, ERROR_INVALID_DATA, CRYPT_E_INVALID_MSG_TYPE, CRYPT_E_NO_SIGNER, CERTSRV_E_BAD_REQUEST_KEY_ARCHIVAL
 * for what cannot be read; NTE_BAD_SIGNATURE and its kin where a signature does not hold.
 */
export async function intake(bytes: Uint8Array, attributeText: string, engine: CryptoEngine): Promise<Intake> {
  const called = parseRequestAttributes(attributeText);
  const der = toDer(bytes);
  if (!isContentInfo(der)) {
    const request = decodeCertificationRequest(der);
    await requireOwnSignature(request, engine);
    return { ...plain(request, called), requestType: CR_IN.PKCS10, rawRequest: der, cosigners: [] };
  }
  const { contentType } = decodeContentInfo(der);
  if (contentType !== id_signedData)
    throw hresult('CRYPT_E_INVALID_MSG_TYPE', `A request of content type ${contentType}.`);
  const { eContentType } = decodeSignedData(bytes).encapContentInfo;
  if (eContentType === id_cct_PKIData) return cmcIntake(bytes, called, engine);
  if (eContentType === id_data) return pkcs7Intake(bytes, called, engine);
  throw hresult('CRYPT_E_INVALID_MSG_TYPE', `A signed message about ${eContentType}.`);
}

/** PKCS #10 begins with its CertificationRequestInfo, a ContentInfo with an OBJECT IDENTIFIER. */
function isContentInfo(der: Uint8Array): boolean {
  const first = der[1]! < 0x80 ? 2 : 2 + (der[1]! & 0x7f);
  return der[0] === 0x30 && der[first] === 0x06;
}

function plain(
  request: CertificationRequest,
  called: readonly NameValuePair[],
): Omit<Intake, 'requestType' | 'rawRequest' | 'cosigners'> {
  const { attributes } = request.certificationRequestInfo;
  requireNoArchivedKey(attributes.map(({ type }) => type));
  return {
    certificationRequest: request,
    extensions: requestedExtensions(request),
    attributes: [...called, ...nameValuePairs(attributes)],
    archivedKey: undefined,
    encryptedKeyHash: undefined,
  };
}

/** MS-WCCE 2.2.2.6.2: a PKCS #10 signed once more. */
async function pkcs7Intake(bytes: Uint8Array, called: readonly NameValuePair[], engine: CryptoEngine): Promise<Intake> {
  const { signedData, certificationRequest } = decodePkcs7Request(bytes);
  for (const { signedAttrs = [], unsignedAttrs = [] } of signedData.signerInfos)
    requireNoArchivedKey([...signedAttrs, ...unsignedAttrs].map(({ attrType }) => attrType));
  await requireOwnSignature(certificationRequest, engine);
  const { cosigners } = await verifySigners([signedData], certificationRequest, engine);
  return { ...plain(certificationRequest, called), requestType: CR_IN.PKCS7, rawRequest: bytes, cosigners };
}

async function cmcIntake(bytes: Uint8Array, called: readonly NameValuePair[], engine: CryptoEngine): Promise<Intake> {
  const full = decodeFullRequest(bytes);
  const request = full.certificationRequest;
  const layers = [full.signedData, ...full.nested.map(({ signedData }) => signedData)];
  const { cosigners, isSignedByRequester } = await verifySigners(layers, request, engine);
  // MS-WCCE 2.2.2.6.5: inside CMC the PKCS #10 may carry a hash in its signature's place; then a signature around it counts.
  if (!(isSignedByRequester && (await isNullSigned(request, engine)))) await requireOwnSignature(request, engine);
  return {
    requestType: CR_IN.CMC | CR_IN.FULLRESPONSE,
    rawRequest: withoutArchivedKey(bytes),
    certificationRequest: request,
    extensions: full.extensions,
    attributes: [...called, ...full.nameValuePairs, ...full.registrationInfo],
    cosigners,
    archivedKey: full.archivedKey?.contentInfo,
    encryptedKeyHash: full.encryptedKeyHash,
  };
}

/** Every signature of every layer, under the certificate it names or under the key of the request. */
async function verifySigners(
  layers: readonly SignedData[],
  request: CertificationRequest,
  engine: CryptoEngine,
): Promise<{ cosigners: readonly Certificate[]; isSignedByRequester: boolean }> {
  const cosigners: Certificate[] = [];
  let isSignedByRequester = false;
  for (const layer of layers) {
    for (const signerInfo of layer.signerInfos) {
      if (isNoSignature(signerInfo)) {
        await verifyNoSignature(layer, signerInfo, engine);
        continue;
      }
      const certificate = signerCertificate(layer, signerInfo);
      const key = certificate?.tbsCertificate.subjectPublicKeyInfo ?? request.certificationRequestInfo.subjectPKInfo;
      await verifySignerInfo(layer, signerInfo, key.raw, engine);
      if (certificate) cosigners.push(certificate);
      else isSignedByRequester = true;
    }
  }
  return { cosigners, isSignedByRequester };
}

/** MS-WCCE 3.2.2.6.2.1.2.2: the key stands in a CMC message, among the unsigned attributes of its outermost signer. */
function requireNoArchivedKey(attributeTypes: readonly string[]): void {
  if (attributeTypes.includes(szOID_ARCHIVED_KEY_ATTR)) throw hresult('CERTSRV_E_BAD_REQUEST_KEY_ARCHIVAL');
}

async function requireOwnSignature(request: CertificationRequest, engine: CryptoEngine): Promise<void> {
  if (await isSignedByOwnKey(request, engine)) return;
  throw hresult('NTE_BAD_SIGNATURE', 'The request is not signed by the key it asks a certificate for.');
}
