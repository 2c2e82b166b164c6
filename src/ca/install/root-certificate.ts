/** A root CA's key and the certificate it signs for itself: the first one and those that renew it. */
import type { CryptoEngine, SignatureScheme } from '#pki/crypto/engine';
import type { KeyProviders, ProviderAlgorithm, ProviderKey } from '#pki/crypto/key-provider';
import { buildTbsCertificate } from '#pki/x509/certificate';
import type { Extension } from '#pki/x509/extension';
import type { CaVersion } from '#pki/x509/extensions/ca-version';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import type { Name } from '#pki/x509/name';
import { subjectKeyIdentifier } from '../issue/authority-extensions.ts';
import { randomSerialNumber } from '../issue/serial-number.ts';
import type { Validity } from '../policy/validity.ts';

export interface CaKey {
  readonly provider: string;
  readonly container: string;
  readonly algorithm: ProviderAlgorithm;
  readonly exportable: boolean;
}

/** Throws what the provider says: NTE_EXISTS, NTE_BAD_ALGID, ERROR_INVALID_PARAMETER for a length. */
export function createCaKey(providers: KeyProviders, key: CaKey): Promise<ProviderKey> {
  const { provider, container, algorithm, exportable } = key;
  const chosen = providers.byName(provider);
  return chosen.createKey({
    container,
    algorithm,
    // AT_SIGNATURE under a CSP; a KSP knows no KeySpec, and a 2 there breaks renewal with the same key.
    keySpec: chosen.type === 0 ? 0 : 2,
    policy: { exportable: exportable && isInSoftware(providers, chosen.name), archivable: false },
  });
}

/** A key of the software store is backed up with the CA; one that was given to a device is to stay in it. */
function isInSoftware({ known }: KeyProviders, name: string): boolean {
  return known.find((provider) => provider.name === name)?.device === 'software';
}

export interface RootCertificatePlan {
  readonly subject: Name;
  readonly validity: Validity;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly scheme: SignatureScheme;
  readonly enterprise: boolean;
  readonly version: CaVersion;
  /** SHA-1 of the certificate that this one renews. */
  readonly previousCertHash?: Uint8Array;
}

/** DER TBSCertificate. */
export async function buildTbsRootCertificate(engine: CryptoEngine, plan: RootCertificatePlan): Promise<Uint8Array> {
  const { subject, validity, publicKey, scheme } = plan;
  return buildTbsCertificate({
    serialNumber: randomSerialNumber(engine),
    signature: scheme,
    issuer: subject,
    validity,
    subject,
    subjectPublicKeyInfo: publicKey,
    extensions: await rootExtensions(engine, plan),
  });
}

/** In the order AD CS writes them. RFC 5280 §4.2.1.1 lets a self-signed certificate do without an AKI. */
async function rootExtensions(engine: CryptoEngine, plan: RootCertificatePlan): Promise<Extension[]> {
  const { publicKey, enterprise, version, previousCertHash } = plan;
  return [
    ...(enterprise ? [encodeExtension(EXTENSIONS.enrollCertType, 'CA')] : []),
    encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.digitalSignature | KEY_USAGE.keyCertSign | KEY_USAGE.cRLSign),
    encodeExtension(EXTENSIONS.basicConstraints, { cA: true }),
    await subjectKeyIdentifier(publicKey, engine),
    encodeExtension(EXTENSIONS.caVersion, version),
    ...(previousCertHash ? [encodeExtension(EXTENSIONS.previousCaCertHash, previousCertHash)] : []),
  ];
}

/** Where a certificate of the CA goes on its own machine; My has its key's place as well. */
export const OWN_STORES = ['My', 'Root', 'CA'] as const;
