import { isSameBytes } from '#pki/asn1/bytes';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { KeyStorageProvider, ProviderKey } from '#pki/crypto/key-provider';
import type { TBSCertificate } from '#pki/x509/certificate';
import type { Extension } from '#pki/x509/extension';
import { EXTENSIONS, encodeExtension, extensionValue } from '#pki/x509/extensions/extension-table';
import { keyIdentifier } from '#pki/x509/key-identifier';
import { requestExtensions } from './certification-request.ts';
import type { RequestPolicy } from './inf/request-policy.ts';
import type { NewRequest } from './new-request.ts';
import { buildCertificate, plannedValidity } from './own-certificate.ts';
import type { EnrollmentPorts } from './ports.ts';
import { knownProperties, schemeOf } from './request-key.ts';
import type { SigningCertificate } from './signing-certificate.ts';

export interface CertificateMaterial {
  readonly key: ProviderKey;
  readonly provider: KeyStorageProvider;
  readonly dropKey: () => Promise<void>;
  /** Signs in place of the key itself. */
  readonly signer: SigningCertificate | undefined;
}

/** RequestType = Cert: signed by the key itself, or with another certificate. */
export async function certificateWithKey(
  policy: RequestPolicy,
  { engine, clock, stores }: EnrollmentPorts,
  { key, provider, dropKey, signer }: CertificateMaterial,
): Promise<NewRequest> {
  const { requestType, subject } = policy;
  const extensions = await requestExtensions(policy, key.publicKey, engine);
  const issuer = signer?.entry.certificate.tbsCertificate;
  const request = await buildCertificate({
    subject,
    validity: plannedValidity(policy.validity, clock.now()),
    extensions: issuer ? [...extensions, await authorityKeyIdentifierOf(issuer, engine)] : extensions,
    publicKey: key.publicKey,
    ...(issuer ? { issuer: issuer.subject } : {}),
    signer: signer?.key ?? key,
    scheme: schemeOf(policy, (signer?.key ?? key).publicKey),
    engine,
  });
  const properties = knownProperties(policy, key, provider);
  await stores.open('My').add(request, properties);
  const discard = async () => {
    const entry = (await stores.open('My').list()).find(({ certificate }) => isSameBytes(certificate.raw, request));
    if (entry) await stores.open('My').remove(entry);
    await dropKey();
  };
  return { request, requestType, keyLocation: properties.keyProvInfo, discard };
}

/** RFC 5280 §4.2.1.1: every certificate that another signed has one. */
async function authorityKeyIdentifierOf(issuer: TBSCertificate, engine: CryptoEngine): Promise<Extension> {
  const identifier =
    extensionValue(issuer.extensions, EXTENSIONS.subjectKeyIdentifier) ??
    (await keyIdentifier(issuer.subjectPublicKeyInfo, engine));
  return encodeExtension(EXTENSIONS.authorityKeyIdentifier, { keyIdentifier: identifier });
}
