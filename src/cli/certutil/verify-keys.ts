import type { CaConfiguration } from '#ca/api';
import { HresultError, hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { szOID_CERTSRV_CA_VERSION } from '#pki/asn1/oid-table';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { decodeSubjectPublicKeyInfo } from '#pki/crypto/public-key';
import type { Certificate } from '#pki/x509/certificate';
import { decodeCaVersion } from '#pki/x509/extensions/ca-version';
import { commonName } from '#pki/x509/name';
import { readableExtension } from '#pki/x509/readable-extension';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { caEntries } from './keys/ca-certificates.ts';
import { verifyKeysFile } from './verify-keys-file.ts';
import { withConfiguration } from './with-authority.ts';

/** A CA certificate and where its key is. */
interface KeyOfCertificate {
  readonly certificate: Certificate;
  openKey(): Promise<ProviderKey>;
}

const REPAIR_HINT = 'certutil -repairstore My CertId joins the certificate with the key that is its own';

/**
 * `certutil -verifykeys [KeyContainer CACertFile]`: that the private key of each of the CA's certificates is there and is
 * the certificate's own. All are tried; the first fault fails the command. The lines are assumed.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const [container, file] = context.args as [string | undefined, string | undefined];
  if (container !== undefined && file === undefined) {
    throw hresult('ERROR_INVALID_PARAMETER', 'A key container and a certificate file, or neither.', {
      hint: `certutil -verifykeys "${container}" CACertFile, or certutil -verifykeys for all keys of the CA`,
    });
  }
  if (container !== undefined && file !== undefined) return verifyKeysFile(context, container, file);
  // The CA need not run: without its key it would not.
  const pairs = await withConfiguration(context, (configuration) => keysOfAuthority(context, configuration));
  const results: Json[] = [];
  const faults: HresultError[] = [];
  for (const pair of pairs) {
    const name = commonName(pair.certificate.tbsCertificate.subject) ?? '';
    const version = versionOf(pair.certificate);
    try {
      const key = await verifiedKey(pair);
      context.out(`Key "${key}" verifies as the public key for Certificate "${name}" ${version}`);
      results.push({ certificate: name, version, container: key, isVerified: true });
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      context.out(`ERROR: Certificate "${name}" ${version}: ${error.message}`);
      faults.push(error);
    }
  }
  if (faults[0]) throw faults[0];
  return results;
}

/** Answers the container. Throws NTE_BAD_KEYSET and its kin, NTE_BAD_PUBLIC_KEY. */
async function verifiedKey({ certificate, openKey }: KeyOfCertificate): Promise<string> {
  const key = await openKey();
  try {
    const { subjectPublicKey } = certificate.tbsCertificate.subjectPublicKeyInfo;
    if (!isSameBytes(subjectPublicKey, decodeSubjectPublicKeyInfo(key.publicKey).subjectPublicKey)) {
      throw hresult('NTE_BAD_PUBLIC_KEY', 'Certificate public key does NOT match stored keyset.', {
        hint: REPAIR_HINT,
      });
    }
    return key.container;
  } finally {
    key.close();
  }
}

async function keysOfAuthority(
  { stores, providers }: CertutilContext,
  configuration: CaConfiguration,
): Promise<KeyOfCertificate[]> {
  const entries = await caEntries(await configuration.registry(), await stores(true));
  return entries.map((entry) => {
    return {
      certificate: entry.certificate,
      openKey: async () => {
        const info = entry.properties.keyProvInfo;
        if (!info) throw hresult('NTE_BAD_KEYSET', 'The certificate tells of no key.', { hint: REPAIR_HINT });
        const provider = (await providers(true)).byName(info.provider);
        // As the CA opens it.
        return provider.openKey(info.container, provider.type === 0 ? 0 : info.keySpec);
      },
    };
  });
}

/** `V0.0`: the CA version extension, which a root of another maker may lack. */
function versionOf({ tbsCertificate: { extensions } }: Certificate): string {
  const version = readableExtension(extensions, szOID_CERTSRV_CA_VERSION, decodeCaVersion);
  return version ? `V${version.certIndex}.${version.keyIndex}` : 'V0.0';
}
