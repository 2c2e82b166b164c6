/**
 * A request for a cross-certificate, or for a CA certificate under constraints: CMC around a PKCS #10, signed by somebody
 * qualified for it (szOID_KP_QUALIFIED_SUBORDINATION). `certreq -policy`.
 */
import { Asn1Error } from '#pki/asn1/asn1-error';
import { toDer } from '#pki/asn1/ber';
import { bitString, encodeDer, sequence } from '#pki/asn1/der-writer';
import { id_cct_PKIData, id_ce_subjectKeyIdentifier, id_cmc_addExtensions, id_cmc_regInfo } from '#pki/asn1/oid-table';
import { control, encodeAddExtensions, encodeOctetStringControl } from '#pki/cmc/controls';
import { formatRegistrationInfo, type NameValuePair } from '#pki/cmc/name-value-pairs';
import { encodePkiData } from '#pki/cmc/pki-data';
import { isContentInfo } from '#pki/cms/content-info';
import { signData } from '#pki/cms/sign';
import { algorithmWithNull } from '#pki/crypto/algorithm-identifier';
import { digestOid } from '#pki/crypto/digest-algorithm';
import type { CryptoEngine, DigestAlgorithm } from '#pki/crypto/engine';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import {
  buildCertificationRequestInfo,
  type CertificationRequest,
  decodeCertificationRequest,
  extensionRequest,
} from '#pki/x509/certification-request';
import type { Extension } from '#pki/x509/extension';
import { certificationRequestOf } from './pending-requests.ts';
import type { CertificateSignature } from './signing-certificate.ts';

export interface SubordinationRequest {
  /** DER, CMC. */
  readonly request: Uint8Array;
  readonly certificationRequest: CertificationRequest;
  /** The CA whose certificate was given: a cross-certificate is asked for. */
  readonly crossCertified: Certificate | undefined;
}

/** `input` is a request in any form, or the certificate of another CA; DER or BER. Throws as the decoders do. */
export async function buildSubordinationRequest(plan: {
  readonly input: Uint8Array;
  readonly extensions: readonly Extension[];
  readonly pairs: readonly NameValuePair[];
  readonly signature: CertificateSignature;
  readonly digest: DigestAlgorithm;
  readonly engine: CryptoEngine;
}): Promise<SubordinationRequest> {
  const { extensions, pairs, signature, digest, engine } = plan;
  const der = toDer(plan.input);
  const crossCertified = isContentInfo(der) ? undefined : certificateIn(der);
  const certificationRequest = crossCertified
    ? decodeCertificationRequest(await nullSignedRequest(crossCertified, digest, engine))
    : certificationRequestOf(der);
  const text = new TextEncoder().encode(formatRegistrationInfo(pairs));
  const reference = { pkiDataReference: 0, certReferences: [1] };
  const { certificate, ...signer } = signature;
  const request = await signData({
    eContentType: id_cct_PKIData,
    eContent: encodePkiData({
      controlSequence: [
        ...(extensions.length > 0
          ? [control(2, id_cmc_addExtensions, encodeAddExtensions({ ...reference, extensions }))]
          : []),
        ...(pairs.length > 0 ? [control(3, id_cmc_regInfo, encodeOctetStringControl(text))] : []),
      ],
      reqSequence: [{ type: 'tcr', bodyPartID: 1, certificationRequest: certificationRequest.raw }],
      cmsSequence: [],
      otherMsgSequence: [],
    }),
    signers: [signer],
    certificates: [certificate.raw, ...(crossCertified ? [crossCertified.raw] : [])],
    engine,
  });
  return { request, certificationRequest, crossCertified };
}

/** RFC 2986 and RFC 5280 begin alike: what is no certificate is taken for a request. */
function certificateIn(der: Uint8Array): Certificate | undefined {
  try {
    return decodeCertificate(der);
  } catch (error) {
    if (error instanceof Asn1Error) return undefined;
    throw error;
  }
}

/**
 * The other CA's key is not here: a digest stands in its signature's place (MS-WCCE 2.2.2.6.5), and its certificate goes with
 * the request to show that name and key belong together.
 */
async function nullSignedRequest(
  { tbsCertificate }: Certificate,
  digest: DigestAlgorithm,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  const { subject, subjectPublicKeyInfo, extensions } = tbsCertificate;
  const identifier = extensions.filter(({ extnID }) => extnID === id_ce_subjectKeyIdentifier);
  const info = buildCertificationRequestInfo({
    subject,
    subjectPKInfo: subjectPublicKeyInfo.raw,
    attributes: identifier.length > 0 ? [extensionRequest(identifier)] : [],
  });
  return encodeDer(sequence(info, algorithmWithNull(digestOid(digest)), bitString(await engine.digest(digest, info))));
}
