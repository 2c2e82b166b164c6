/**
 * What a request says, whichever form it came in: PKCS #10, CMC full request, PKCS #7 around a PKCS #10. The form is read
 * from the bytes, never from what the caller claims. MS-WCCE 3.2.1.4.2.1.4.1.
 */
import { hresult } from '#hresult/hresult-error';
import { toDer } from '#pki/asn1/ber';
import { id_cct_PKIData, id_data, id_signedData } from '#pki/asn1/oid-table';
import { decodeFullRequest, withoutArchivedKey } from '#pki/cmc/full-request';
import { type NameValuePair, parseRequestAttributes } from '#pki/cmc/name-value-pairs';
import { decodeContentInfo } from '#pki/cms/content-info';
import { decodeSignedData } from '#pki/cms/signed-data';
import { verifySignerInfo } from '#pki/cms/verify';
import type { CryptoEngine } from '#pki/crypto/engine';
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
  /** DER ContentInfo out of szOID_ARCHIVED_KEY_ATTR. */
  readonly archivedKey: Uint8Array | undefined;
  readonly encryptedKeyHash: Uint8Array | undefined;
  /** The answer owes a CMC full response. */
  readonly isCmc: boolean;
}

/**
 * Throws Asn1Error, ERROR_INVALID_DATA, CRYPT_E_INVALID_MSG_TYPE, CERTSRV_E_BAD_REQUEST_KEY_ARCHIVAL for what cannot be read;
 * NTE_BAD_SIGNATURE and its kin where a signature does not hold.
 */
export async function intake(bytes: Uint8Array, attributeText: string, engine: CryptoEngine): Promise<Intake> {
  const called = parseRequestAttributes(attributeText);
  const der = toDer(bytes);
  if (!isContentInfo(der)) {
    const request = decodeCertificationRequest(der);
    await requireOwnSignature(request, engine);
    return plain(CR_IN.PKCS10, der, request, called);
  }
  const { contentType } = decodeContentInfo(der);
  if (contentType !== id_signedData)
    throw hresult('CRYPT_E_INVALID_MSG_TYPE', `A request of content type ${contentType}.`);
  const signedData = decodeSignedData(der);
  const { eContentType, eContent } = signedData.encapContentInfo;
  if (eContentType === id_cct_PKIData) return cmcIntake(bytes, called, engine);
  if (eContentType === id_data && eContent) {
    const request = decodeCertificationRequest(eContent);
    await requireOwnSignature(request, engine);
    return plain(CR_IN.PKCS7, der, request, called);
  }
  throw hresult('CRYPT_E_INVALID_MSG_TYPE', `A signed message about ${eContentType}.`);
}

/** PKCS #10 begins with its CertificationRequestInfo, a ContentInfo with an OBJECT IDENTIFIER. */
function isContentInfo(der: Uint8Array): boolean {
  const first = der[1]! < 0x80 ? 2 : 2 + (der[1]! & 0x7f);
  return der[0] === 0x30 && der[first] === 0x06;
}

function plain(
  type: number,
  rawRequest: Uint8Array,
  request: CertificationRequest,
  called: readonly NameValuePair[],
): Intake {
  return {
    requestType: type,
    rawRequest,
    certificationRequest: request,
    extensions: requestedExtensions(request),
    attributes: [...called, ...nameValuePairs(request.certificationRequestInfo.attributes)],
    archivedKey: undefined,
    encryptedKeyHash: undefined,
    isCmc: false,
  };
}

async function cmcIntake(bytes: Uint8Array, called: readonly NameValuePair[], engine: CryptoEngine): Promise<Intake> {
  const full = decodeFullRequest(bytes);
  const request = full.certificationRequest;
  // MS-WCCE 2.2.2.6.1: inside CMC the PKCS #10 may carry a hash in its signature's place; the outer signature counts then.
  if (!(await isNullSigned(request, engine))) await requireOwnSignature(request, engine);
  const [first] = full.signedData.signerInfos;
  if (first === undefined) throw hresult('CRYPT_E_NO_SIGNER', 'The CMC request is not signed.');
  await verifySignerInfo(full.signedData, first, request.certificationRequestInfo.subjectPKInfo.raw, engine);
  return {
    requestType: CR_IN.CMC | CR_IN.FULLRESPONSE,
    rawRequest: withoutArchivedKey(bytes),
    certificationRequest: request,
    extensions: full.extensions,
    attributes: [...called, ...full.nameValuePairs, ...full.registrationInfo],
    archivedKey: full.archivedKey?.contentInfo,
    encryptedKeyHash: full.encryptedKeyHash,
    isCmc: true,
  };
}

async function requireOwnSignature(request: CertificationRequest, engine: CryptoEngine): Promise<void> {
  if (await isSignedByOwnKey(request, engine)) return;
  throw hresult('NTE_BAD_SIGNATURE', 'The request is not signed by the key it asks a certificate for.');
}
