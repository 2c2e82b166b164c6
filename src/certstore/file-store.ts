import { type HresultError, hresult } from '#hresult/hresult-error';
import type { StoreElement } from '#pki/x509/serialized-store';
import { ListedStore, listingOf } from './listed-store.ts';
import type { CertificateStore } from './ports/certificate-store.ts';

/** What a file holds, as a store that is only read; in the order of the file, each once. `name` is the file's. */
export function openFileStore(name: string, elements: readonly StoreElement[]): CertificateStore {
  const faultOf = (cause: HresultError, { kind }: StoreElement, thumbprint: string) => {
    const { hint, message, symbol } = cause;
    const detail = `${name}, ${kind} ${thumbprint}: ${message}`;
    return hresult(symbol, detail, { cause, ...(hint === undefined ? {} : { hint }) });
  };
  return new ListedStore(name, async () => listingOf('.Default', elements, faultOf), {
    refused: `${name} is a file, which is not changed as a store.`,
    hint: 'certutil -addstore puts its certificates into a store, certutil -store NAME "*" FILE.sst writes such a file',
  });
}
