import { id_data, szOID_ENROLLMENT_NAME_VALUE_PAIR } from '#pki/asn1/oid-table';
import { encodeNameValuePair } from '#pki/cmc/enrollment-name-value-pair';
import type { NameValuePair } from '#pki/cmc/name-value-pairs';
import { signData } from '#pki/cms/sign';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { CertificateSignature } from './signing-certificate.ts';

/**
 * A PKCS #10 signed once more, with the certificate that is renewed or an enrollment agent's (MS-WCCE 2.2.2.6.2). `pairs` are
 * what the signer says besides: for whom an agent asks.
 */
export function buildPkcs7Request(plan: {
  /** DER CertificationRequest. */
  readonly certificationRequest: Uint8Array;
  readonly pairs: readonly NameValuePair[];
  readonly signers: readonly CertificateSignature[];
  readonly engine: CryptoEngine;
}): Promise<Uint8Array> {
  const { certificationRequest, pairs, signers, engine } = plan;
  const signedAttributes =
    pairs.length > 0
      ? [{ attrType: szOID_ENROLLMENT_NAME_VALUE_PAIR, attrValues: pairs.map(encodeNameValuePair) }]
      : undefined;
  return signData({
    eContentType: id_data,
    eContent: certificationRequest,
    signers: signers.map((signer) => ({ ...signer, signedAttributes })),
    certificates: signers.map(({ certificate }) => certificate.raw),
    engine,
  });
}
