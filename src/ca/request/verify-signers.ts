/** Every signature around a request, under the certificate it names or under the key of the request itself. */
import { isSameBytes } from '#pki/asn1/bytes';
import type { Attribute } from '#pki/cms/attribute';
import type { SignedData } from '#pki/cms/signed-data';
import { isNoSignature, signerCertificate, verifyNoSignature, verifySignerInfo } from '#pki/cms/verify';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { Certificate } from '#pki/x509/certificate';
import type { CertificationRequest } from '#pki/x509/certification-request';

export interface RequestSigners {
  /** Certificates that signed, the outermost message's first. Their signatures hold; whom to trust is policy's business. */
  readonly cosigners: readonly Certificate[];
  /** Those of them that signed the outermost message. */
  readonly outerSigners: readonly Certificate[];
  /** Their signed attributes. */
  readonly outerAttributes: readonly Attribute[];
  /** The key of the request signed a message around it. */
  readonly isSignedByRequester: boolean;
}

/** `layers` are the messages around the request, the outermost first. Throws as `verifySignerInfo`. */
export async function verifySigners(
  layers: readonly SignedData[],
  request: CertificationRequest,
  engine: CryptoEngine,
): Promise<RequestSigners> {
  const cosigners: Certificate[] = [];
  const outerSigners: Certificate[] = [];
  const outerAttributes: Attribute[] = [];
  let isSignedByRequester = false;
  const own = request.certificationRequestInfo.subjectPKInfo.raw;
  for (const layer of layers) {
    for (const signerInfo of layer.signerInfos) {
      if (isNoSignature(signerInfo)) {
        await verifyNoSignature(layer, signerInfo, engine);
        continue;
      }
      const certificate = signerCertificate(layer, signerInfo);
      const key = certificate?.tbsCertificate.subjectPublicKeyInfo.raw ?? own;
      await verifySignerInfo(layer, signerInfo, key, engine);
      // A renewal with the same key names the old certificate where another request names its key.
      if (isSameBytes(key, own)) isSignedByRequester = true;
      if (!certificate) continue;
      cosigners.push(certificate);
      if (layer !== layers[0]) continue;
      outerSigners.push(certificate);
      outerAttributes.push(...(signerInfo.signedAttrs ?? []));
    }
  }
  return { cosigners, outerSigners, outerAttributes, isSignedByRequester };
}
