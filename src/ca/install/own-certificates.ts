import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import type { Configuration } from '../config/configuration.ts';
import { plainHash } from '../config/plain-hash.ts';
import type { AuthorityPorts, KeyLocation } from '../ports.ts';

/** One of the CA's own certificates, as the machine's My store has it. */
export interface OwnCertificate {
  readonly index: number;
  /** The index of the certificate that first had this key. */
  readonly keyIndex: number;
  readonly certificate: Certificate;
  /** SHA-1, lower-case hex. */
  readonly thumbprint: string;
  readonly key: KeyLocation | undefined;
}

/**
 * In the order of CACertHash; `-` stands for a certificate that was retired. Throws CRYPT_E_NOT_FOUND where one is not in the
 * My store.
 */
export async function ownCertificates(
  { engine, stores }: Pick<AuthorityPorts, 'engine' | 'stores'>,
  configuration: Configuration,
): Promise<OwnCertificate[]> {
  const stored = new Map<string, { certificate: Uint8Array; key: KeyLocation | undefined }>();
  for (const entry of await stores.list('My'))
    stored.set(formatHex(await engine.digest('sha1', entry.certificate)), entry);
  const found: OwnCertificate[] = [];
  for (const [index, written] of configuration.strings('CACertHash').entries()) {
    const thumbprint = plainHash(written);
    if (thumbprint === '-') continue;
    const entry = stored.get(thumbprint);
    if (entry === undefined)
      throw (
        (await stores.damaged('My')).get(thumbprint) ??
        hresult('CRYPT_E_NOT_FOUND', `CA certificate ${index} (${thumbprint}) is not in the machine's My store.`, {
          hint: 'restore the certificate stores of the machine from a backup',
        })
      );
    const certificate = decodeCertificate(entry.certificate);
    const version = extensionValue(certificate.tbsCertificate.extensions, EXTENSIONS.caVersion);
    found.push({ index, keyIndex: version?.keyIndex ?? index, certificate, thumbprint, key: entry.key });
  }
  return found;
}
