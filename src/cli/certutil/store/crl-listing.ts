import type { CrlEntry } from '#certstore/ports/certificate-store';
import { formatName } from '#pki/x509/name-text';
import { type DateStyle, formatDate } from '../../io/date.ts';

/** A CRL of a store. */
export function crlLines({ crl, index, thumbprint }: CrlEntry, style: DateStyle): string[] {
  const { issuer, thisUpdate, nextUpdate, revokedCertificates } = crl.tbsCertList;
  return [
    `================ CRL ${index} ================`,
    `Issuer: ${formatName(issuer)}`,
    ` ThisUpdate: ${formatDate(thisUpdate, style)}`,
    ` NextUpdate: ${nextUpdate ? formatDate(nextUpdate, style) : 'EMPTY'}`,
    `CRL Entries: ${[...revokedCertificates].length}`,
    `CRL Hash(sha1): ${thumbprint}`,
  ];
}
