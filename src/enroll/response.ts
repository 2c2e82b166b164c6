/** What a CA's answer brings, in each of its files: full response (.rsp), certificates (.p7b), one certificate (.cer). */
import { hresult } from '#hresult/hresult-error';
import { toDer } from '#pki/asn1/ber';
import { id_cct_PKIResponse } from '#pki/asn1/oid-table';
import { decodePemOrDer } from '#pki/asn1/pem';
import { decodeFullResponse, type FullResponse, issuedCertificate } from '#pki/cmc/full-response';
import { CMCStatus } from '#pki/cmc/status-info';
import { decodeCertsOnly } from '#pki/cms/certs-only';
import { isContentInfo } from '#pki/cms/content-info';
import { decodeSignedData } from '#pki/cms/signed-data';
import { signerCertificate, verifySignerInfo } from '#pki/cms/verify';
import type { CryptoEngine } from '#pki/crypto/engine';
import { type Certificate, decodeCertificate, isSignedBy } from '#pki/x509/certificate';

export interface EnrollmentResponse {
  /** All there are, in the order of the file. */
  readonly certificates: readonly Certificate[];
  /** Of a full response: its signatures hold, who the CA is has not been asked yet. */
  readonly full:
    | {
        readonly issued: Certificate;
        readonly ca: Certificate;
        readonly encryptedKeyHash: Uint8Array | undefined;
      }
    | undefined;
}

/**
 * PEM, base 64, DER or BER. Throws Asn1Error; for a full response CERTSRV_E_BAD_REQUESTSTATUS where it brings no
 * certificate (pending, denied), CRYPT_E_SIGNER_NOT_FOUND, CRYPT_E_HASH_VALUE where the certificate is not the one of its
 * hash, NTE_BAD_SIGNATURE and TRUST_E_CERT_SIGNATURE where the signature of the message or of the certificate is not the
 * CA's.
 */
export async function readResponse(file: Uint8Array, engine: CryptoEngine): Promise<EnrollmentResponse> {
  const der = toDer(decodePemOrDer(file));
  if (!isContentInfo(der)) return { certificates: [decodeCertificate(der)], full: undefined };
  const { eContentType } = decodeSignedData(der).encapContentInfo;
  if (eContentType !== id_cct_PKIResponse) return { certificates: decodeCertsOnly(der).certificates, full: undefined };
  const response = decodeFullResponse(der);
  requireSuccess(response);
  const ca = await verifiedSigner(response, engine);
  const issued = await issuedCertificate(response, engine);
  if (!issued) throw hresult('CRYPT_E_HASH_VALUE', 'The response holds no certificate of the hash that it announces.');
  if (!(await isSignedBy(issued, ca.tbsCertificate.subjectPublicKeyInfo, engine))) {
    throw hresult('TRUST_E_CERT_SIGNATURE', 'The CA that signed the response did not sign the certificate in it.');
  }
  const { certificates, encryptedKeyHash } = response;
  return { certificates, full: { issued, ca, encryptedKeyHash } };
}

function requireSuccess({ statusInfo }: FullResponse): void {
  if (statusInfo?.cMCStatus === CMCStatus.success) return;
  const said = statusInfo?.statusString ? `: ${statusInfo.statusString}` : '';
  throw hresult('CERTSRV_E_BAD_REQUESTSTATUS', `The response brings no certificate${said}.`, {
    hint: statusInfo?.cMCStatus === CMCStatus.pending ? 'Ask again later: certreq -retrieve RequestId' : undefined,
  });
}

async function verifiedSigner({ signedData }: FullResponse, engine: CryptoEngine): Promise<Certificate> {
  const signerInfo = signedData.signerInfos[0]!;
  const ca = signerCertificate(signedData, signerInfo);
  if (!ca) throw hresult('CRYPT_E_SIGNER_NOT_FOUND', 'The certificate of the CA is not in the response.');
  await verifySignerInfo(signedData, signerInfo, ca.tbsCertificate.subjectPublicKeyInfo.raw, engine);
  return ca;
}
