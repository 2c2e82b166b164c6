import { hresult } from '#hresult/hresult-error';
import { szOID_CERTSRV_CA_VERSION } from '#pki/asn1/oid-table';
import { decodePemOrDer } from '#pki/asn1/pem';
import type { KeyStorageProvider, ProviderKey } from '#pki/crypto/key-provider';
import { isSamePublicKey } from '#pki/keyblob/public-key-match';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { decodeCaVersion } from '#pki/x509/extensions/ca-version';
import { readableExtension } from '#pki/x509/readable-extension';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { isNamed } from './keys/named-key.ts';
import { searchedProviders } from './keys/providers.ts';
import { certificateName } from './store/certificate-name.ts';
import { openKeyPlace } from './store/key-place.ts';
import { isKeyMissing } from './store/stored-key.ts';

/**
 * `certutil -verifykeys KeyContainer CACertFile`: whether the certificate's key is the one in the container, of whatever
 * provider. Throws NTE_BAD_KEYSET where no provider has such a container, NTE_BAD_KEY where the keys differ.
 */
export async function verifyKeysFile(context: CertutilContext, container: string, file: string): Promise<Json> {
  const { providers } = await openKeyPlace(context);
  const certificate = decodeCertificate(decodePemOrDer(await context.console.readFile(file)));
  const csp = context.options.value('csp');
  const searched = searchedProviders(providers, csp);
  const keys: ProviderKey[] = [];
  try {
    for (const provider of searched) {
      const key = await openNamed(provider, container);
      if (key) keys.push(key);
    }
    const [first] = keys;
    if (!first) {
      const where = searched === providers.all ? 'No provider has a' : `${searched[0]!.name} has no`;
      throw hresult('NTE_BAD_KEYSET', `${where} container ${container}.`, {
        hint: 'certutil -store My names the containers; -user looks at your own',
      });
    }
    // While a CA moves, containers of one name are in two providers.
    return verified(context, keys.find((key) => isKeyOf(certificate, key)) ?? first, certificate);
  } finally {
    for (const key of keys) key.close();
  }
}

/** By the container's name or its unique name. */
async function openNamed(provider: KeyStorageProvider, name: string): Promise<ProviderKey | undefined> {
  const open = (container: string) => provider.openKey(container, provider.type === 0 ? 0 : undefined);
  try {
    return await open(name);
  } catch (error) {
    if (!isKeyMissing(error)) throw error;
  }
  const listed = (await provider.listKeys()).find((key) => isNamed(key, name));
  return listed && open(listed.container);
}

function isKeyOf({ tbsCertificate }: Certificate, key: ProviderKey): boolean {
  return isSamePublicKey(key.publicKey, tbsCertificate.subjectPublicKeyInfo.raw);
}

function verified({ out }: CertutilContext, key: ProviderKey, certificate: Certificate): Json {
  const name = certificateName(certificate);
  const version = readableExtension(certificate.tbsCertificate.extensions, szOID_CERTSRV_CA_VERSION, decodeCaVersion);
  if (!isKeyOf(certificate, key)) {
    throw hresult('NTE_BAD_KEY', `The key "${key.container}" is not that of the certificate "${name}".`, {
      hint: 'certutil -store My names the container of each certificate',
    });
  }
  const suffix = version ? ` V${version.certIndex}.${version.keyIndex}` : '';
  out(`Key "${key.container}" verifies as the public key for Certificate "${name}"${suffix}`);
  return { container: key.container, provider: key.provider, certificate: name };
}
