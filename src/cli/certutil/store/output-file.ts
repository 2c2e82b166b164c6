/** Entries of a store as files. */
import type { CrlEntry, CtlEntry, StoreEntry } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import { encodeCertsOnly } from '#pki/cms/certs-only';

interface Entries {
  readonly certificates: readonly StoreEntry[];
  readonly crls: readonly CrlEntry[];
  readonly ctls: readonly CtlEntry[];
}

/**
 * One certificate or CRL as it is; all of them as certs-only PKCS #7 for a file whose name says so. Throws
 * TYPE_E_AMBIGUOUSNAME for several where the file holds one.
 */
export function outputOf(file: string, { certificates, crls, ctls }: Entries): Uint8Array {
  const ders = certificates.map(({ certificate }) => certificate.raw);
  const lists = crls.map(({ crl }) => crl.raw);
  // RFC 5652 has no place for a CTL in it.
  if (/\.(?:p7b|p7c|spc)$/i.test(file) && ders.length + lists.length > 0) return encodeCertsOnly(ders, lists);
  const all = [...ders, ...lists, ...ctls.map(({ ctl }) => ctl.raw)];
  const [first, ...others] = all;
  if (first && others.length === 0) return first;
  throw hresult('TYPE_E_AMBIGUOUSNAME', `${all.length} entries for one file.`, {
    hint: 'Name one by its serial number or hash, or name a file *.p7b for all of them.',
  });
}

/** What -split writes: each entry, named by its SHA-1. */
export function splitFiles({ certificates, crls, ctls }: Entries): {
  readonly name: string;
  readonly content: Uint8Array;
}[] {
  return [
    ...certificates.map(({ thumbprint, certificate }) => ({ name: `${thumbprint}.crt`, content: certificate.raw })),
    ...crls.map(({ thumbprint, crl }) => ({ name: `${thumbprint}.crl`, content: crl.raw })),
    ...ctls.map(({ thumbprint, ctl }) => ({ name: `${thumbprint}.stl`, content: ctl.raw })),
  ];
}
