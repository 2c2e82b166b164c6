/** What of a PFX file is a CA's, and what of it is still to be used. */
import { createHash } from 'node:crypto';
import { sanitizeName } from '#ca/config/sanitized-name';
import { hresult } from '#hresult/hresult-error';
import { type PfxKeyPair, pairKeys } from '#pki/pkcs12/pair-keys';
import type { PfxCertificate, PfxContents } from '#pki/pkcs12/pfx-contents';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { commonName } from '#pki/x509/name';

export interface CaRestore {
  /** Common name of the CA. */
  readonly name: string;
  /** Without the certificates that have expired, and the keys that are none but theirs. */
  readonly contents: PfxContents;
  /** `NAME V0.0` of those left out. */
  readonly expired: readonly string[];
  /** SHA-1 in hexadecimal. */
  readonly expiredThumbprints: readonly string[];
  /** The container of a certificate's key: the CA's name, and behind it the number of a later key. */
  container(certificate: PfxCertificate | undefined): string;
}

/**
 * Throws ERROR_INVALID_DATA where the file holds keys of others than one CA, or none, CERT_E_EXPIRED where nothing of it is left
 * to use.
 */
export function planCaRestore(contents: PfxContents, now: Date): CaRestore {
  const { pairs, others } = pairKeys(contents);
  const own = pairs.flatMap(({ certificates }) =>
    certificates.map(({ certificate }) => decodeCertificate(certificate)),
  );
  const names = new Set(own.map((certificate) => commonName(certificate.tbsCertificate.subject)));
  const [name] = names;
  const isOneCa = names.size === 1 && own.every(isCa) && pairs.every(({ certificates }) => certificates.length > 0);
  if (name === undefined || !isOneCa) {
    throw hresult('ERROR_INVALID_DATA', 'The file does not hold the keys of one CA and nothing else.', {
      hint: 'name a file that certutil -backupKey wrote, or -exportPFX of the certificates of the CA alone; certutil -dumpPFX shows what is in it',
    });
  }
  const isOver = ({ certificate }: PfxCertificate) =>
    decodeCertificate(certificate).tbsCertificate.validity.notAfter.getTime() < now.getTime();
  const left = pairs.map(({ key, certificates }) => ({
    key,
    certificates: certificates.filter((one) => !isOver(one)),
  }));
  const kept = left.filter(({ certificates }) => certificates.length > 0);
  const expired = pairs.flatMap(({ certificates }) => certificates.filter(isOver));
  if (kept.length === 0) {
    throw hresult('CERT_E_EXPIRED', `Every certificate of "${name}" in the file has expired.`, {
      hint: 'certutil -importPFX takes them all the same',
    });
  }
  return {
    name,
    contents: {
      keys: kept.map(({ key }) => key),
      certificates: [...kept.flatMap(({ certificates }) => certificates), ...others],
      crls: contents.crls,
    },
    expired: expired.map(({ certificate }) => `${name} ${versionOf(decodeCertificate(certificate))}`),
    expiredThumbprints: expired.map(({ certificate }) => createHash('sha1').update(certificate).digest('hex')),
    container: containersOf(name, pairs),
  };
}

function isCa({ tbsCertificate: { extensions } }: Certificate): boolean {
  return extensionValue(extensions, EXTENSIONS.basicConstraints)?.cA === true;
}

function versionOf({ tbsCertificate: { extensions } }: Certificate): string {
  const version = extensionValue(extensions, EXTENSIONS.caVersion);
  return version ? `V${version.certIndex}.${version.keyIndex}` : 'V0.0';
}

/** By the number of the key in its certificate; by its place in the file where that has none. */
function containersOf(name: string, pairs: readonly PfxKeyPair[]): (certificate: PfxCertificate | undefined) => string {
  const numbers = new Map<PfxCertificate, number>();
  for (const [place, { certificates }] of pairs.entries()) {
    for (const one of certificates) {
      const { extensions } = decodeCertificate(one.certificate).tbsCertificate;
      numbers.set(one, extensionValue(extensions, EXTENSIONS.caVersion)?.keyIndex ?? place);
    }
  }
  return (certificate) => {
    const number = (certificate && numbers.get(certificate)) ?? 0;
    return number === 0 ? sanitizeName(name) : `${sanitizeName(name)}(${number})`;
  };
}
