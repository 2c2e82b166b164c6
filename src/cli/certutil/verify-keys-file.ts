import { hresult } from '#hresult/hresult-error';
import { szOID_CERTSRV_CA_VERSION } from '#pki/asn1/oid-table';
import { decodePemOrDer } from '#pki/asn1/pem';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { isSamePublicKey } from '#pki/keyblob/public-key-match';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { decodeCaVersion } from '#pki/x509/extensions/ca-version';
import { readableExtension } from '#pki/x509/readable-extension';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
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
  const searched = csp === undefined ? providers.all : [providers.byName(csp)];
  let key: ProviderKey | undefined;
  for (const provider of searched) {
    try {
      key = await provider.openKey(container, provider.type === 0 ? 0 : undefined);
      break;
    } catch (error) {
      if (!isKeyMissing(error)) throw error;
    }
  }
  if (!key)
    throw hresult('NTE_BAD_KEYSET', `No provider has a container ${container}.`, {
      hint: 'certutil -store My names the containers; -user looks at your own',
    });
  try {
    return verified(context, key, certificate);
  } finally {
    key.close();
  }
}

function verified({ out }: CertutilContext, key: ProviderKey, certificate: Certificate): Json {
  const name = certificateName(certificate);
  const version = readableExtension(certificate.tbsCertificate.extensions, szOID_CERTSRV_CA_VERSION, decodeCaVersion);
  if (!isSamePublicKey(key.publicKey, certificate.tbsCertificate.subjectPublicKeyInfo.raw)) {
    throw hresult('NTE_BAD_KEY', `The key "${key.container}" is not that of the certificate "${name}".`, {
      hint: 'certutil -store My names the container of each certificate',
    });
  }
  const suffix = version ? ` V${version.certIndex}.${version.keyIndex}` : '';
  out(`Key "${key.container}" verifies as the public key for Certificate "${name}"${suffix}`);
  return { container: key.container, provider: key.provider, certificate: name };
}
