import { formatHex } from '#pki/asn1/bytes';
import type { CertificateList } from '#pki/x509/certificate-list';
import { formatName } from '#pki/x509/name-text';
import type { RevokedCertificate } from '#pki/x509/revoked-certificates';
import { formatSerial } from '#pki/x509/serial-number';
import { formatDate } from '../../io/date.ts';
import type { Json } from '../../io/verb.ts';
import { algorithmValue, printAlgorithm } from './algorithm-identifier.ts';
import { printHashes, printSignatureHash } from './certificate.ts';
import { extensionValues, printExtensions } from './extensions.ts';
import { printName } from './name.ts';
import type { Page } from './page.ts';
import { printSignature } from './signature.ts';

export async function printCertificateList(page: Page, list: CertificateList): Promise<Json> {
  const { tbsCertList: tbs, signatureAlgorithm, signatureValue } = list;
  page.line('X509 Certificate Revocation List:');
  page.line(`Version: ${tbs.version}`);
  printAlgorithm(page, 'Signature Algorithm', tbs.signature);
  await printName(page, 'Issuer', tbs.issuer);
  page.line(` ThisUpdate: ${formatDate(tbs.thisUpdate, page.style)}`);
  page.line(` NextUpdate: ${tbs.nextUpdate ? formatDate(tbs.nextUpdate, page.style) : 'EMPTY'}`);
  const revokedCertificates = await printEntries(page, tbs.revokedCertificates);
  await printExtensions(page, 'CRL Extensions', tbs.crlExtensions);
  printSignature(page, signatureAlgorithm, signatureValue);
  await printHashes(page, 'CRL', list.raw);
  await printSignatureHash(page, signatureAlgorithm, tbs.raw);
  return {
    type: 'certificateList',
    version: tbs.version,
    issuer: formatName(tbs.issuer),
    thisUpdate: tbs.thisUpdate.toISOString(),
    nextUpdate: tbs.nextUpdate?.toISOString(),
    revokedCertificates,
    crlExtensions: extensionValues(tbs.crlExtensions),
    signatureAlgorithm: algorithmValue(signatureAlgorithm),
    signatureValue: formatHex(signatureValue),
    sha1: formatHex(await page.engine.digest('sha1', list.raw)),
    sha256: formatHex(await page.engine.digest('sha256', list.raw)),
  };
}

/** An element of a message or of a PFX. */
export async function printCertificateListElement(page: Page, list: CertificateList, index: number): Promise<Json> {
  page.line(`Element ${index}:`);
  await page.split(list.raw, 'crl');
  return printCertificateList(page, list);
}

async function printEntries(page: Page, entries: Iterable<RevokedCertificate>): Promise<Json> {
  // Counted first, because the count stands above them; a list of a million is read twice instead of being kept.
  let count = 0;
  for (const _ of entries) count++;
  page.line(`CRL Entries: ${count}`);
  const values: Json[] = [];
  for (const { userCertificate, revocationDate, crlEntryExtensions } of entries) {
    page.line(`  Serial Number: ${formatSerial(userCertificate)}`);
    page.line(`   Revocation Date: ${formatDate(revocationDate, page.style)}`);
    if (crlEntryExtensions.length > 0) await printExtensions(page, '  Extensions', crlEntryExtensions);
    else page.line();
    values.push({
      userCertificate: formatSerial(userCertificate),
      revocationDate: revocationDate.toISOString(),
      crlEntryExtensions: extensionValues(crlEntryExtensions),
    });
  }
  return values;
}
