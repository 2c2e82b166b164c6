/** A CA is installed on a key that is there already, and on the certificate that goes with it: document 003, table 16.6. */
import { hresult } from '#hresult/hresult-error';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { KeyProviders, ProviderKey } from '#pki/crypto/key-provider';
import { isSamePublicKey } from '#pki/keyblob/public-key-match';
import { type Certificate, isSelfIssued, isSignedBy } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { requireOwnLife } from '../chain/own-life.ts';

export interface ExistingCaKey {
  readonly container: string;
  /** That of the CA; without it the key signs a new one. */
  readonly certificate: Certificate | undefined;
}

/**
 * Throws NTE_BAD_KEYSET for a container that is not there, NTE_BAD_KEY where it holds another key than the certificate's, and
 * NTE_SILENT_CONTEXT for a key that asks for a password at each use: a service has nobody to ask.
 */
export async function openExistingKey(
  providers: KeyProviders,
  provider: string,
  { container, certificate }: ExistingCaKey,
): Promise<ProviderKey> {
  const found = providers.byName(provider);
  const key = await found.openKey(container, found.type === 0 ? 0 : undefined);
  try {
    if (key.protection !== undefined)
      throw hresult('NTE_SILENT_CONTEXT', `The key ${container} asks for a password when it is used.`, {
        hint: 'export it and import it without Protect: certutil -exportPFX, certutil -importPFX',
      });
    if (certificate && !isSamePublicKey(key.publicKey, certificate.tbsCertificate.subjectPublicKeyInfo.raw))
      throw hresult('NTE_BAD_KEY', `Container ${container} holds another key than the certificate's.`);
    return key;
  } catch (error) {
    key.close();
    throw error;
  }
}

/** Throws ERROR_INVALID_DATA where it is not a root CA's, CERT_E_EXPIRED where it is not valid now. */
export async function requireRootCertificate(certificate: Certificate, engine: CryptoEngine, now: Date): Promise<void> {
  const { extensions, subjectPublicKeyInfo } = certificate.tbsCertificate;
  const usage = extensionValue(extensions, EXTENSIONS.keyUsage) ?? KEY_USAGE.keyCertSign | KEY_USAGE.cRLSign;
  const mayIssue =
    extensionValue(extensions, EXTENSIONS.basicConstraints)?.cA === true &&
    (usage & KEY_USAGE.keyCertSign) !== 0 &&
    (usage & KEY_USAGE.cRLSign) !== 0;
  if (!mayIssue || !isSelfIssued(certificate) || !(await isSignedBy(certificate, subjectPublicKeyInfo, engine)))
    throw hresult('ERROR_INVALID_DATA', 'The certificate is not one that a root CA signed for itself.', {
      hint: 'name the certificate that certutil -ca.cert wrote on the server before',
    });
  requireOwnLife(certificate, now);
}
