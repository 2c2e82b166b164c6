import { formatHex } from '#pki/asn1/bytes';
import { isEmptyName, type Name } from '#pki/x509/name';
import { formatRelativeDistinguishedName } from '#pki/x509/name-text';
import type { Page } from './page.ts';

/** One RDN a line, the most specific first. */
export function nameLines(name: Name): string[] {
  if (isEmptyName(name)) return ['EMPTY'];
  return name.rdnSequence.map(formatRelativeDistinguishedName).reverse();
}

/** `Issuer:` or `Subject:`, its RDNs and the hashes under which Windows' caches know the name. */
export async function printName(page: Page, title: string, name: Name): Promise<void> {
  page.line(`${title}:`);
  page.lines(nameLines(name), '    ');
  for (const digest of ['sha1', 'md5'] as const) {
    page.line(`  Name Hash(${digest}): ${formatHex(await page.engine.digest(digest, name.raw))}`);
  }
  page.line();
}
