import type { CryptoEngine, SignatureScheme, Signer } from '#pki/crypto/engine';
import { buildTbsCertificate, decodeCertificate, signCertificate } from '#pki/x509/certificate';
import { decodeCertificationRequest, isSignedByOwnKey } from '#pki/x509/certification-request';
import { type Contender, inFlight } from './measure.ts';

/** What every CA has to do for a certificate, without policy, records, audit, and checks of what it made. */
export function issuePipeline(
  engine: CryptoEngine,
  signer: Signer,
  scheme: SignatureScheme,
  width: number,
  { like, next }: { readonly like: Uint8Array; readonly next: () => Uint8Array },
): Contender {
  const { issuer, validity, extensions } = decodeCertificate(like).tbsCertificate;
  const once = async () => {
    const request = decodeCertificationRequest(next());
    if (!(await isSignedByOwnKey(request, engine))) throw new Error('a request was not signed by its key');
    const { subject, subjectPKInfo } = request.certificationRequestInfo;
    const toBeSigned = buildTbsCertificate({
      serialNumber: engine.random(16),
      signature: scheme,
      issuer,
      validity,
      subject,
      subjectPublicKeyInfo: subjectPKInfo.raw,
      extensions,
    });
    return signCertificate(toBeSigned, scheme, signer);
  };
  return { name: 'parse, verify, build and sign alone', perform: inFlight(width, once) };
}
