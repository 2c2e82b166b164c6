/**
 * What a request says, whichever form it came in: PKCS #10, CMC full request, PKCS #7 around a PKCS #10. The form is read
 * from the bytes, never from what the caller claims. MS-WCCE 3.2.1.4.2.1.4.1.
 */
import { hresult } from '#hresult/hresult-error';
import { toDer } from '#pki/asn1/ber';
import { isSameBytes } from '#pki/asn1/bytes';
import {
  id_cct_PKIData,
  id_data,
  id_signedData,
  szOID_ARCHIVED_KEY_ATTR,
  szOID_RENEWAL_CERTIFICATE,
} from '#pki/asn1/oid-table';
import { withoutArchivedKey } from '#pki/cmc/archived-key';
import { nameValuePairsAmong } from '#pki/cmc/enrollment-name-value-pair';
import { decodeFullRequest, registrationInfoOf } from '#pki/cmc/full-request';
import { type NameValuePair, parseRequestAttributes, valueOfName } from '#pki/cmc/name-value-pairs';
import { decodePkcs7Request } from '#pki/cmc/pkcs7-request';
import { pkcs10Attributes } from '#pki/cmc/pkcs10-attributes';
import { decodeRenewalCertificate } from '#pki/cmc/renewal-certificate';
import type { Attribute } from '#pki/cms/attribute';
import { certificatesOf } from '#pki/cms/certificate-set';
import { decodeContentInfo } from '#pki/cms/content-info';
import { decodeSignedData, type SignedData } from '#pki/cms/signed-data';
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
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { isSameName } from '#pki/x509/name';
import { CR_IN } from '../schema/dispositions.ts';
import { type RequestSigners, verifySigners } from './verify-signers.ts';

export interface Intake {
  /** CR_IN_PKCS10, CR_IN_CMC, CR_IN_PKCS7, with CR_IN_FULLRESPONSE. */
  readonly requestType: number;
  /** What the database keeps: never with the archived key. */
  readonly rawRequest: Uint8Array;
  readonly certificationRequest: CertificationRequest;
  readonly extensions: readonly Extension[];
  /** From the call, the request's own pairs and CMC's regInfo, in this order. */
  readonly attributes: readonly NameValuePair[];
  readonly cosigners: RequestSigners['cosigners'];
  /**
   * For whom an enrollment agent asks: `requestername` as the signers of the outermost message wrote it. What stands in the
   * request's own attributes, or came with the call, is no more than a wish.
   */
  readonly onBehalfOf: { readonly requesterName: string; readonly signers: readonly Certificate[] } | undefined;
  /** What the request renews; its key signed a message around it. */
  readonly renewal: Certificate | undefined;
  /** The certificate of another CA that the request is for: it stands in place of a proof of its key. */
  readonly crossCertified: Certificate | undefined;
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
    const attributes = pkcs10Attributes(request);
    if (attributes.some(({ attrType }) => attrType === szOID_ARCHIVED_KEY_ATTR))
      throw hresult('CERTSRV_E_BAD_REQUEST_KEY_ARCHIVAL');
    return {
      ...plain(request, called),
      requestType: CR_IN.PKCS10,
      rawRequest: der,
      cosigners: [],
      onBehalfOf: undefined,
      renewal: renewalAmong(attributes, []),
      crossCertified: undefined,
      archivedKey: undefined,
      encryptedKeyHash: undefined,
    };
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
): Pick<Intake, 'certificationRequest' | 'extensions' | 'attributes'> {
  return {
    certificationRequest: request,
    extensions: requestedExtensions(request),
    attributes: [...called, ...nameValuePairsAmong(pkcs10Attributes(request))],
  };
}

/**
 * MS-WCCE 2.2.2.6.2: a PKCS #10 signed once more. Clients that know no CMC send an archived key so, where CMC has it: among
 * the unsigned attributes of the outermost signer (document 004, Appendix A).
 */
async function pkcs7Intake(bytes: Uint8Array, called: readonly NameValuePair[], engine: CryptoEngine): Promise<Intake> {
  const { signedData, certificationRequest, archivedKey, encryptedKeyHash } = decodePkcs7Request(bytes);
  await requireOwnSignature(certificationRequest, engine);
  const { cosigners, outerSigners, outerAttributes } = await verifySigners([signedData], certificationRequest, engine);
  const signedPairs = nameValuePairsAmong(outerAttributes);
  return {
    ...plain(certificationRequest, [...called, ...signedPairs]),
    requestType: CR_IN.PKCS7,
    rawRequest: withoutArchivedKey(bytes),
    cosigners,
    onBehalfOf: onBehalfOf(signedPairs, outerSigners),
    renewal: renewalAmong(pkcs10Attributes(certificationRequest), cosigners),
    crossCertified: undefined,
    archivedKey: archivedKey?.contentInfo,
    encryptedKeyHash,
  };
}

async function cmcIntake(bytes: Uint8Array, called: readonly NameValuePair[], engine: CryptoEngine): Promise<Intake> {
  const full = decodeFullRequest(bytes);
  const request = full.certificationRequest;
  const layers = [full.signedData, ...full.nested.map(({ signedData }) => signedData)];
  const { cosigners, outerSigners, outerAttributes, isSignedByRequester } = await verifySigners(
    layers,
    request,
    engine,
  );
  // MS-WCCE 2.2.2.6.5: inside CMC the PKCS #10 may carry a hash in its signature's place; then a signature around it counts,
  // or the certificate of another CA for whose key it is.
  const isHashed = await isNullSigned(request, engine);
  const crossCertified =
    isHashed && !isSignedByRequester && outerSigners.length > 0
      ? certificateOfSubject(full.signedData, request)
      : undefined;
  if (!(isHashed && (isSignedByRequester || crossCertified))) await requireOwnSignature(request, engine);
  // What stands in the outermost PKIData, every signer of it has signed.
  const signedPairs = [...nameValuePairsAmong(outerAttributes), ...registrationInfoOf(full.pkiData)];
  return {
    requestType: CR_IN.CMC | CR_IN.FULLRESPONSE,
    rawRequest: withoutArchivedKey(bytes),
    certificationRequest: request,
    extensions: full.extensions,
    attributes: [...called, ...full.nameValuePairs, ...full.registrationInfo],
    cosigners,
    onBehalfOf: onBehalfOf(signedPairs, outerSigners),
    renewal: renewalAmong(full.attributes, cosigners),
    crossCertified,
    archivedKey: full.archivedKey?.contentInfo,
    encryptedKeyHash: full.encryptedKeyHash,
  };
}

function onBehalfOf(signedPairs: readonly NameValuePair[], signers: readonly Certificate[]): Intake['onBehalfOf'] {
  const requesterName = valueOfName(signedPairs, 'requestername');
  return requesterName === undefined || signers.length === 0 ? undefined : { requesterName, signers };
}

/**
 * szOID_RENEWAL_CERTIFICATE. MS-WCCE 3.2.2.6.2.1.2.5. Throws CERTSRV_E_BAD_RENEWAL_CERT_ATTRIBUTE where it is no certificate,
 * or not one that signed around the request: whoever renews shows that he has the key.
 */
function renewalAmong(attributes: readonly Attribute[], cosigners: readonly Certificate[]): Certificate | undefined {
  const values = attributes
    .filter(({ attrType }) => attrType === szOID_RENEWAL_CERTIFICATE)
    .flatMap(({ attrValues }) => attrValues);
  const [only, ...others] = values;
  if (only === undefined) return undefined;
  const old = decodeRenewalCertificate(only);
  if (others.length === 0 && cosigners.some((signer) => isSameBytes(signer.raw, old.raw))) return old;
  throw hresult(
    'CERTSRV_E_BAD_RENEWAL_CERT_ATTRIBUTE',
    'The request is not signed with the certificate that it renews.',
  );
}

function certificateOfSubject(message: SignedData, request: CertificationRequest): Certificate | undefined {
  const { subject, subjectPKInfo } = request.certificationRequestInfo;
  return certificatesOf(message).find(
    ({ tbsCertificate }) =>
      isSameBytes(tbsCertificate.subjectPublicKeyInfo.raw, subjectPKInfo.raw) &&
      isSameName(tbsCertificate.subject, subject) &&
      extensionValue(tbsCertificate.extensions, EXTENSIONS.basicConstraints)?.cA === true,
  );
}

async function requireOwnSignature(request: CertificationRequest, engine: CryptoEngine): Promise<void> {
  if (await isSignedByOwnKey(request, engine)) return;
  throw hresult('NTE_BAD_SIGNATURE', 'The request is not signed by the key it asks a certificate for.');
}
