import type { CertificateStores } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { KeyProviders } from '#pki/crypto/key-provider';
import type { CertutilContext } from '../context.ts';
import { templateLookup } from '../template/lookup.ts';
import type { StoreListingPorts } from './listing.ts';
import { storeContext } from './open-store.ts';

/** Whose certificates and keys a verb works on. */
export interface KeyPlace {
  readonly isMachine: boolean;
  readonly stores: CertificateStores;
  readonly providers: KeyProviders;
  readonly engine: CryptoEngine;
}

type PlaceContext = Pick<CertutilContext, 'options' | 'stores' | 'providers' | 'engine'>;

/**
 * The machine's, or with -user the caller's; keys of a service are the machine's. Throws ERROR_NOT_SUPPORTED for stores
 * without keys.
 */
export async function openKeyPlace(context: PlaceContext): Promise<KeyPlace> {
  const { options } = context;
  const place = storeContext(options);
  if (place === 'enterprise') {
    throw hresult('ERROR_NOT_SUPPORTED', 'The stores of the enterprise hold no keys.', {
      hint: 'Leave -enterprise out for the stores of the machine, or give -user for your own.',
    });
  }
  const isMachine = place !== 'user';
  const [stores, providers, engine] = await Promise.all([
    context.stores(isMachine),
    context.providers(isMachine),
    context.engine(),
  ]);
  return { isMachine, stores, providers, engine };
}

/** What a listing of stores needs. */
export async function listingPorts(
  context: Pick<CertutilContext, 'engine' | 'providers' | 'directory'>,
): Promise<StoreListingPorts> {
  return {
    engine: await context.engine(),
    keyProviders: (machineKeyset) => context.providers(machineKeyset),
    template: templateLookup(context),
  };
}
