/** A certificate of one's own that signs around a request: the one to be renewed, an enrollment agent's, another authority's. */
import { hresult } from '#hresult/hresult-error';
import { szOID_ENROLLMENT_AGENT, szOID_KP_QUALIFIED_SUBORDINATION } from '#pki/asn1/oid-table';
import { issuerAndSerialNumberOf } from '#pki/cms/certificate-match';
import type { SignatureRequest } from '#pki/cms/sign';
import type { DigestAlgorithm, Signer } from '#pki/crypto/engine';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { defaultScheme } from '#pki/crypto/signature-algorithm';
import { isSamePublicKey } from '#pki/keyblob/public-key-match';
import type { Certificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { formatName } from '#pki/x509/name-text';
import type { EnrollmentEntry, EnrollmentPorts, KeyLocation } from './ports.ts';

export interface SigningCertificate {
  readonly entry: EnrollmentEntry;
  readonly keyLocation: KeyLocation;
  /** Open; the caller closes it. */
  readonly key: ProviderKey;
}

type SigningPorts = Pick<EnrollmentPorts, 'stores' | 'providers' | 'clock'>;

/**
 * `certId` as certutil takes it, in My. Throws CRYPT_E_NOT_FOUND, TYPE_E_AMBIGUOUSNAME, CRYPT_E_NO_KEY_PROPERTY for one
 * without its key, NTE_BAD_KEYSET and NTE_BAD_KEY where the key is gone or another.
 */
export async function openSigningCertificate(certId: string, ports: SigningPorts): Promise<SigningCertificate> {
  const found = await ports.stores.open('My').find(certId);
  return open(
    onlyOne(found, () => `The certificate "${certId}"`),
    ports,
  );
}

/** What a certificate must be for to sign certain requests. */
export type SigningPurpose = 'Certificate Request Agents' | 'Qualified Subordination';

const PURPOSES: Readonly<Record<SigningPurpose, string>> = {
  'Certificate Request Agents': szOID_ENROLLMENT_AGENT,
  'Qualified Subordination': szOID_KP_QUALIFIED_SUBORDINATION,
};

/**
 * The one certificate here for a purpose, or the one with a key whatever its purpose. Throws as `openSigningCertificate`.
 */
export async function openCertificateFor(
  purpose: SigningPurpose,
  ports: SigningPorts,
  { anyPurpose = false }: { readonly anyPurpose?: boolean } = {},
): Promise<SigningCertificate> {
  const now = ports.clock.now();
  const fitting = (await ports.stores.open('My').list()).filter(({ certificate, properties }) => {
    const { extensions, validity } = certificate.tbsCertificate;
    const usages = extensionValue(extensions, EXTENSIONS.extKeyUsage) ?? [];
    const policies = extensionValue(extensions, EXTENSIONS.applicationPolicies) ?? [];
    const purposes = [...usages, ...policies.map(({ policyIdentifier }) => policyIdentifier)];
    const isWanted = anyPurpose ? properties.keyProvInfo !== undefined : purposes.includes(PURPOSES[purpose]);
    return isWanted && validity.notAfter > now;
  });
  return open(
    onlyOne(fitting, () => (anyPurpose ? 'A certificate with a key' : `A certificate for ${purpose}`)),
    ports,
  );
}

/** Archived ones count only where there is no other. */
function onlyOne(found: readonly EnrollmentEntry[], what: () => string): EnrollmentEntry {
  const current = found.filter(({ properties }) => !properties.archived);
  const [only, ...others] = current.length > 0 ? current : found;
  if (only && others.length === 0) return only;
  if (only) {
    const names = [only, ...others].map((entry) => `${formatName(subjectOf(entry))}: ${entry.thumbprint}`);
    throw hresult('TYPE_E_AMBIGUOUSNAME', `${what()} is one of several here:\n${names.join('\n')}`, {
      hint: 'name one by its hash: -cert <hash>',
    });
  }
  throw hresult('CRYPT_E_NOT_FOUND', `${what()} is not in the My store.`, {
    hint: 'certutil -store My lists the certificates, -user -store My your own',
  });
}

function subjectOf({ certificate }: EnrollmentEntry) {
  return certificate.tbsCertificate.subject;
}

async function open(entry: EnrollmentEntry, { providers }: SigningPorts): Promise<SigningCertificate> {
  const keyLocation = entry.properties.keyProvInfo;
  const name = formatName(subjectOf(entry));
  if (!keyLocation) throw hresult('CRYPT_E_NO_KEY_PROPERTY', `The private key of ${name} is not here.`);
  const key = await providers.byName(keyLocation.provider).openKey(keyLocation.container, keyLocation.keySpec);
  if (isSamePublicKey(key.publicKey, entry.certificate.tbsCertificate.subjectPublicKeyInfo.raw))
    return { entry, keyLocation, key };
  key.close();
  throw hresult('NTE_BAD_KEY', `The container ${keyLocation.container} holds another key than that of ${name}.`);
}

/** A signature of a CMS message by a certificate that goes with it. */
export interface CertificateSignature extends SignatureRequest {
  readonly certificate: Certificate;
}

/** How it signs a CMS message, named by issuer and serial number. */
export function signatureBy(
  { entry, key }: { readonly entry: Pick<EnrollmentEntry, 'certificate'>; readonly key: Signer },
  digest: DigestAlgorithm,
): CertificateSignature {
  const { certificate } = entry;
  return {
    certificate,
    signer: key,
    sid: issuerAndSerialNumberOf(certificate),
    scheme: defaultScheme(key.publicKey, digest),
  };
}
