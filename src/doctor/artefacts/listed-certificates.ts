/** Which of the certificates are the CA's own. */
import type { Configuration } from '#ca/config/configuration';
import { plainHash } from '#ca/config/plain-hash';
import type { Certificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { formatName } from '#pki/x509/name-text';
import { formatSerial } from '#pki/x509/serial-number';
import { type Diagnosis, diagnosis } from '../finding.ts';
import type { HeldCertificate } from './held-certificates.ts';

/** A certificate of the CA, with its place in CACertHash where a registration file is there. */
export interface ListedCertificate extends HeldCertificate {
  readonly name: string;
  readonly isNewest: boolean;
}

/** Without CACertHash every CA certificate that is not only the issuer of another one counts. */
export function listedCertificates(
  held: readonly HeldCertificate[],
  configuration: Configuration | undefined,
): { readonly listed: ListedCertificate[]; readonly missing: Diagnosis[] } {
  const hashes = configuration?.strings('CACertHash').map(plainHash) ?? [];
  if (hashes.length === 0) {
    const own = held.filter(({ certificate, key }) => key !== undefined || isCa(certificate));
    const last = Math.max(...own.map(({ certificate }) => certificate.tbsCertificate.validity.notAfter.getTime()));
    const isNewest = ({ certificate }: HeldCertificate) =>
      certificate.tbsCertificate.validity.notAfter.getTime() === last;
    return { listed: own.map((each) => ({ ...each, name: subjectOf(each), isNewest: isNewest(each) })), missing: [] };
  }
  const listed: ListedCertificate[] = [];
  const missing: Diagnosis[] = [];
  for (const [index, hash] of hashes.entries()) {
    const isNewest = index === hashes.findLastIndex((each) => each !== '-');
    const found = held.find(({ thumbprint }) => thumbprint === hash);
    if (found) listed.push({ ...found, name: `CA certificate ${index}`, isNewest });
    else if (hash === '-')
      missing.push(
        diagnosis('note', 'ca-certificate-retired', `CA certificate ${index} is retired, "-" in CACertHash.`),
      );
    else if (!isHash(hash)) {
      const text = `CA certificate ${index} of CACertHash is "${hash}", which is no hash.`;
      const cure =
        'write the SHA-1 hash of the certificate, or "-" where it has ended: certutil -setreg "CA\\CACertHash"';
      missing.push(diagnosis('error', 'ca-certificate-missing', text, { symbol: 'ERROR_INVALID_DATA', cure }));
    } else if (held.length > 0) {
      const text = `CA certificate ${index} (${hash}) of CACertHash is in none of the files.`;
      const cure = `certutil -ca.cert FILE ${index} on the machine of the CA; or write "-" for it in CACertHash where it has ended`;
      missing.push(
        diagnosis(isNewest ? 'error' : 'warning', 'ca-certificate-missing', text, {
          symbol: 'CRYPT_E_NOT_FOUND',
          cure,
        }),
      );
    }
  }
  return { listed, missing };
}

/** SHA-1 in hexadecimal, as plainHash has it. */
export function isHash(hash: string): boolean {
  return /^[0-9a-f]{40}$/.test(hash);
}

function isCa({ tbsCertificate }: Certificate): boolean {
  return extensionValue(tbsCertificate.extensions, EXTENSIONS.basicConstraints)?.cA === true;
}

export function subjectOf({ certificate }: HeldCertificate): string {
  const { serialNumber, subject } = certificate.tbsCertificate;
  return `${formatName(subject)} (${formatSerial(serialNumber)})`;
}
