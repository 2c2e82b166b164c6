/** Entries of a store as files. */
import type { CertificateStore, CrlEntry, CtlEntry, StoreEntry } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import { encodeCertsOnly } from '#pki/cms/certs-only';
import { encodeSerializedStore, type StoreElement } from '#pki/x509/serialized-store';

export interface Entries {
  readonly certificates: readonly StoreEntry[];
  readonly crls: readonly CrlEntry[];
  readonly ctls: readonly CtlEntry[];
}

/**
 * One certificate or CRL as it is; all of them as certs-only PKCS #7 or serialized store for a file whose name says so.
 * Throws TYPE_E_AMBIGUOUSNAME for several where the file holds one.
 */
export function outputOf(file: string, store: CertificateStore, entries: Entries): Uint8Array {
  if (/\.sst$/i.test(file)) return serializedStore(store, entries);
  const { certificates, crls, ctls } = entries;
  const ders = certificates.map(({ certificate }) => certificate.raw);
  const lists = crls.map(({ crl }) => crl.raw);
  // RFC 5652 has no place for a CTL in it.
  if (/\.(?:p7b|p7c|spc)$/i.test(file) && ders.length + lists.length > 0) return encodeCertsOnly(ders, lists);
  const all = [...ders, ...lists, ...ctls.map(({ ctl }) => ctl.raw)];
  const [first, ...others] = all;
  if (first && others.length === 0) return first;
  throw hresult('TYPE_E_AMBIGUOUSNAME', `${all.length} entries for one file.`, {
    hint: 'Name one by its serial number or hash, or name a file *.p7b or *.sst for all of them.',
  });
}

/** Entries of a store with all that it keeps of them, but for their keys. */
export function serializedStore(store: CertificateStore, { certificates, crls, ctls }: Entries): Uint8Array {
  const element = (
    kind: StoreElement['kind'],
    encoded: Uint8Array,
    properties: StoreElement['properties'] = new Map(),
  ) => {
    return { kind, encoded, properties };
  };
  return encodeSerializedStore([
    ...certificates.map((entry) => element('certificate', entry.certificate.raw, store.propertyBytes(entry))),
    ...crls.map(({ crl }) => element('crl', crl.raw)),
    ...ctls.map(({ ctl }) => element('ctl', ctl.raw)),
  ]);
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
