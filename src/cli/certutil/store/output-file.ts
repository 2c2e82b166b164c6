/** Entries of a store as files. */
import type { CrlEntry, StoreEntry } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import { encodeCertsOnly } from '#pki/cms/certs-only';

/**
 * One certificate or CRL as it is; all of them as certs-only PKCS #7 for a file whose name says so. Throws
 * TYPE_E_AMBIGUOUSNAME for several where the file holds one.
 */
export function outputOf(file: string, certificates: readonly StoreEntry[], crls: readonly CrlEntry[]): Uint8Array {
  const ders = certificates.map(({ certificate }) => certificate.raw);
  const lists = crls.map(({ crl }) => crl.raw);
  if (/\.(?:p7b|p7c|spc)$/i.test(file)) return encodeCertsOnly(ders, lists);
  const [first, ...others] = [...ders, ...lists];
  if (first && others.length === 0) return first;
  throw hresult('TYPE_E_AMBIGUOUSNAME', `${ders.length + lists.length} entries for one file.`, {
    hint: 'Name one by its serial number or hash, or name a file *.p7b for all of them.',
  });
}

/** What -split writes: each entry, named by its SHA-1. */
export function splitFiles(
  certificates: readonly StoreEntry[],
  crls: readonly CrlEntry[],
): { readonly name: string; readonly content: Uint8Array }[] {
  return [
    ...certificates.map(({ thumbprint, certificate }) => ({ name: `${thumbprint}.crt`, content: certificate.raw })),
    ...crls.map(({ thumbprint, crl }) => ({ name: `${thumbprint}.crl`, content: crl.raw })),
  ];
}
