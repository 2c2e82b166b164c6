import { HresultError, hresult } from '#hresult/hresult-error';
import { decodeCertificateTrustList } from '#pki/cms/certificate-trust-list';
import { decodeCertificate } from '#pki/x509/certificate';
import { decodeCertificateList } from '#pki/x509/certificate-list';
import type { StoreElement } from '#pki/x509/serialized-store';
import { ListedStore, type StoreListing } from './listed-store.ts';
import type { CertificateStore, CrlEntry, CtlEntry, DamagedEntry, StoreEntry } from './ports/certificate-store.ts';
import { decodeProperties } from './property-codec.ts';
import { sha1 } from './sha1.ts';

/** What a file holds, as a store that is only read; in the order of the file, each once. `name` is the file's. */
export function openFileStore(name: string, elements: readonly StoreElement[]): CertificateStore {
  return new ListedStore(name, async () => listingOf(name, elements), {
    refused: `${name} is a file, which is not changed as a store.`,
    hint: 'certutil -addstore puts its certificates into a store, certutil -store NAME "*" FILE.sst writes such a file',
  });
}

function listingOf(name: string, elements: readonly StoreElement[]): StoreListing {
  const certificates = new Map<string, StoreEntry>();
  const crls = new Map<string, CrlEntry>();
  const ctls = new Map<string, CtlEntry>();
  const damaged: DamagedEntry[] = [];
  const physicalStore = '.Default';
  for (const { kind, encoded, properties } of elements) {
    const thumbprint = sha1(encoded);
    const known = { certificate: certificates, crl: crls, ctl: ctls }[kind];
    if (known.has(thumbprint)) continue;
    const common = { index: known.size, thumbprint, physicalStore } as const;
    try {
      if (kind === 'crl') crls.set(thumbprint, { ...common, crl: decodeCertificateList(encoded) });
      else if (kind === 'ctl') ctls.set(thumbprint, { ...common, ctl: decodeCertificateTrustList(encoded) });
      else {
        const certificate = decodeCertificate(encoded);
        certificates.set(thumbprint, { ...common, certificate, properties: decodeProperties(properties) });
      }
    } catch (cause) {
      if (!(cause instanceof HresultError)) throw cause;
      const detail = `${name}, ${kind} ${thumbprint}: ${cause.message}`;
      const error = hresult(cause.symbol, detail, { cause, ...(cause.hint === undefined ? {} : { hint: cause.hint }) });
      damaged.push({ kind, thumbprint, error, physicalStore });
    }
  }
  return {
    certificates: [...certificates.values()],
    crls: [...crls.values()],
    ctls: [...ctls.values()],
    damaged,
  };
}
