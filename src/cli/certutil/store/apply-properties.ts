import {
  type CertificateStore,
  CRYPT_MACHINE_KEYSET,
  type KeyProvInfo,
  type StoreEntry,
} from '#certstore/ports/certificate-store';
import { PROPERTIES } from '#certstore/ports/property-ids';
import { HresultError } from '#hresult/hresult-error';
import type { KeyProviders } from '#pki/crypto/key-provider';
import { isSamePublicKey } from '#pki/keyblob/public-key-match';
import { findDescription } from '../keys/providers.ts';
import type { PropertyChange, PropertyInf } from './property-inf.ts';
import { openStoredKey } from './stored-key.ts';

export interface ApplyOptions {
  /** Sets what names no key that is here and the certificate's own, too. */
  readonly force: boolean;
  providers(machineKeyset: boolean): Promise<KeyProviders>;
}

/**
 * Sets the properties of an INF file on every entry: all of them or, where anything fails, none. Throws InfError with the line
 * of a property that cannot be right; NTE_BAD_KEYSET, NTE_KEYSET_NOT_DEF and their kin where it names a key that is not here.
 */
export async function applyProperties(
  store: CertificateStore,
  entries: readonly StoreEntry[],
  inf: PropertyInf,
  { force, providers }: ApplyOptions,
): Promise<void> {
  for (const change of inf.changes) {
    if (force || !isKeyProvInfo(change.value)) continue;
    for (const entry of entries) await requireOwnKey(entry, change.value, change, inf, providers);
  }
  const changes = await Promise.all(inf.changes.map((change) => withFullName(change, providers)));
  const undo: (() => Promise<void>)[] = [];
  try {
    for (const entry of entries) {
      for (const change of changes) {
        undo.push(() => putBack(store, entry, change.id));
        await applyChange(store, entry, change);
      }
    }
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

/** A provider's short name is understood and not kept: others know the name alone. */
async function withFullName(change: PropertyChange, providers: ApplyOptions['providers']): Promise<PropertyChange> {
  const { value } = change;
  if (!isKeyProvInfo(value)) return change;
  const { known } = await providers((value.flags & CRYPT_MACHINE_KEYSET) !== 0);
  const named = findDescription(known, value.provider);
  return named ? { ...change, value: { ...value, provider: named.name } } : change;
}

function isKeyProvInfo(value: PropertyChange['value']): value is KeyProvInfo {
  return value !== undefined && !(value instanceof Uint8Array);
}

async function requireOwnKey(
  { certificate, thumbprint }: StoreEntry,
  info: KeyProvInfo,
  change: PropertyChange,
  inf: PropertyInf,
  providers: ApplyOptions['providers'],
): Promise<void> {
  const key = await openNamedKey(info, change, inf, providers);
  try {
    if (info.keySpec !== key.keySpec) {
      throw inf.fault(change, `has KeySpec = ${info.keySpec} for a key of KeySpec ${key.keySpec}.`, {
        at: 'KeySpec',
        hint: FORCE_HINT,
      });
    }
    if (isSamePublicKey(key.publicKey, certificate.tbsCertificate.subjectPublicKeyInfo.raw)) return;
    throw inf.fault(change, `names a key that is not that of the certificate ${thumbprint}.`, {
      at: 'Container',
      hint: FORCE_HINT,
    });
  } finally {
    key.close();
  }
}

const FORCE_HINT = 'certutil -csp * -key names the keys there are; with -f the property is set all the same';

async function openNamedKey(
  info: KeyProvInfo,
  change: PropertyChange,
  inf: PropertyInf,
  providers: ApplyOptions['providers'],
) {
  try {
    return await openStoredKey(info, providers);
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    // What is wrong with the key has its own code; the line is told beside it.
    const { line } = inf.fault(change, '', { at: faultyField(error), hint: FORCE_HINT });
    throw new HresultError(error.symbol, `Line ${line}: ${error.detail ?? error.message}`, {
      hint: FORCE_HINT,
      cause: error,
    });
  }
}

function faultyField({ symbol }: HresultError): string {
  if (symbol === 'NTE_PROV_TYPE_NO_MATCH') return 'ProviderType';
  if (symbol === 'NTE_NO_KEY') return 'KeySpec';
  return symbol === 'NTE_BAD_KEYSET' ? 'Container' : 'Provider';
}

async function applyChange(store: CertificateStore, entry: StoreEntry, { id, value }: PropertyChange): Promise<void> {
  if (isKeyProvInfo(value)) await store.setProperty(entry, 'keyProvInfo', value);
  else await store.setPropertyBytes(entry, id, value);
}

async function putBack(store: CertificateStore, entry: StoreEntry, id: number): Promise<void> {
  const field = PROPERTIES.find((row) => row.id === id)?.field;
  if (field) await store.setProperty(entry, field, entry.properties[field]);
  else await store.setPropertyBytes(entry, id, entry.properties.others?.get(id));
}
