/** One more signature around a request: an enrollment agent's, or another registration authority's. `certreq -sign`. */
import { hresult } from '#hresult/hresult-error';
import { toDer } from '#pki/asn1/ber';
import { id_cct_PKIData, id_cmc_regInfo, id_data, szOID_ENROLLMENT_NAME_VALUE_PAIR } from '#pki/asn1/oid-table';
import { control, encodeOctetStringControl } from '#pki/cmc/controls';
import { encodeNameValuePair, nameValuePairsAmong } from '#pki/cmc/enrollment-name-value-pair';
import { decodeFullRequest, registrationInfoOf } from '#pki/cmc/full-request';
import { formatRegistrationInfo, type NameValuePair, valueOfName } from '#pki/cmc/name-value-pairs';
import { decodePkcs7Request } from '#pki/cmc/pkcs7-request';
import { pkcs10Attributes } from '#pki/cmc/pkcs10-attributes';
import { encodePkiData } from '#pki/cmc/pki-data';
import { isContentInfo } from '#pki/cms/content-info';
import { addSignature, signData } from '#pki/cms/sign';
import { decodeSignedData } from '#pki/cms/signed-data';
import type { CryptoEngine } from '#pki/crypto/engine';
import { type CertificationRequest, decodeCertificationRequest } from '#pki/x509/certification-request';
import type { CertificateSignature } from './signing-certificate.ts';

export interface SignedRequest {
  /** DER: a CMC request, or the PKCS #7 that it was. */
  readonly request: Uint8Array;
  readonly certificationRequest: CertificationRequest;
  /** For whom an enrollment agent signs, where the request says so. */
  readonly requesterName: string | undefined;
}

/**
 * A CMC or PKCS #7 request gets the signature beside those that it has, so that an archived key stays where it is; a PKCS #10
 * is put into CMC, with its request attributes for the signer to vouch for. Takes DER or BER. Throws as the decoders do,
 * ERROR_NOT_SUPPORTED for BER around an archived key: its hash would no longer be that of the bytes.
 */
export async function signRequest(
  bytes: Uint8Array,
  signature: CertificateSignature,
  engine: CryptoEngine,
): Promise<SignedRequest> {
  const der = toDer(bytes);
  if (!isContentInfo(der)) return enclose(decodeCertificationRequest(der), signature, engine);
  const signedData = decodeSignedData(der);
  const isPkcs7 = signedData.encapContentInfo.eContentType === id_data;
  const { certificationRequest, archivedKey, pairs } = isPkcs7 ? readPkcs7(der) : readCmc(der);
  if (archivedKey && der !== bytes)
    throw hresult('ERROR_NOT_SUPPORTED', 'A request in BER with an archived key takes no second signature.', {
      hint: 'have the request made anew in DER',
    });
  const requesterName = valueOfName(pairs, REQUESTER_NAME);
  const { certificate, ...own } = signature;
  // In CMC the signature covers the name; around a PKCS #10 the signer says it himself.
  const pair =
    isPkcs7 && requesterName !== undefined ? encodeNameValuePair(['RequesterName', requesterName]) : undefined;
  const signedAttributes = pair && [{ attrType: szOID_ENROLLMENT_NAME_VALUE_PAIR, attrValues: [pair] }];
  const request = await addSignature(signedData, { ...own, signedAttributes }, [certificate.raw], engine);
  return { request, certificationRequest, requesterName };
}

const REQUESTER_NAME = 'requestername';

interface ReadRequest {
  readonly certificationRequest: CertificationRequest;
  readonly archivedKey: { readonly contentInfo: Uint8Array } | undefined;
  readonly pairs: readonly NameValuePair[];
}

function readCmc(der: Uint8Array): ReadRequest {
  const { certificationRequest, archivedKey, pkiData, nameValuePairs } = decodeFullRequest(der);
  return { certificationRequest, archivedKey, pairs: [...registrationInfoOf(pkiData), ...nameValuePairs] };
}

function readPkcs7(der: Uint8Array): ReadRequest {
  const { certificationRequest, archivedKey } = decodePkcs7Request(der);
  return { certificationRequest, archivedKey, pairs: nameValuePairsAmong(pkcs10Attributes(certificationRequest)) };
}

async function enclose(
  certificationRequest: CertificationRequest,
  { certificate, ...signer }: CertificateSignature,
  engine: CryptoEngine,
): Promise<SignedRequest> {
  const pairs = nameValuePairsAmong(pkcs10Attributes(certificationRequest));
  const text = new TextEncoder().encode(formatRegistrationInfo(pairs));
  const request = await signData({
    eContentType: id_cct_PKIData,
    eContent: encodePkiData({
      controlSequence: pairs.length > 0 ? [control(2, id_cmc_regInfo, encodeOctetStringControl(text))] : [],
      reqSequence: [{ type: 'tcr', bodyPartID: 1, certificationRequest: certificationRequest.raw }],
      cmsSequence: [],
      otherMsgSequence: [],
    }),
    signers: [signer],
    certificates: [certificate.raw],
    engine,
  });
  return { request, certificationRequest, requesterName: valueOfName(pairs, REQUESTER_NAME) };
}
