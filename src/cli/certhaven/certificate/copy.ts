import type { CertificateStore, StoreEntry } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { wipe } from '#pki/crypto/engine';
import { openPfx } from '#pki/pkcs12/open';
import { formatName } from '#pki/x509/name-text';
import { exportPfx } from '../../certutil/pfx/export.ts';
import { importPfx } from '../../certutil/pfx/import.ts';
import type { Json } from '../../io/verb.ts';
import type { CommandContext } from '../context.ts';
import { deleteKeys } from './delete-key.ts';
import { findEntries, openPlace, type Place, requireOne } from './place.ts';

/**
 * `certhaven certificate copy|move CERTID`: one certificate with its properties into another store, of the same place or of
 * another; with its key where --key says so, and always when it is moved to another place. What is moved is deleted where it
 * was once it is whole where it goes: a fault between leaves it in both.
 */
export async function copyCertificate(context: CommandContext, word: 'copy' | 'move', certId: string): Promise<Json> {
  const { flag, option, out } = context;
  const from = await openPlace(context, option('in'));
  const to = await openPlace(context, option('to') ?? from.name);
  const source = from.stores.open(option('store') ?? 'My');
  const target = to.stores.open(option('to-store') ?? source.name);
  const isSamePlace = to.name.toLowerCase() === from.name.toLowerCase();
  if (isSamePlace && source.name === target.name) {
    throw hresult('ERROR_INVALID_PARAMETER', 'It is there already.', {
      hint: '--to user, machine, service:NAME or enterprise; --to-store NAME',
    });
  }
  const entry = requireOne(await findEntries(source, certId, from), certId);
  if (word === 'move') requireOwn(entry, source);
  const hasKey = entry.properties.keyProvInfo !== undefined;
  // In the same key set the certificate goes on naming the key.
  const isSameKeySet = from.isMachine === to.isMachine;
  const takesKey = !isSameKeySet && (flag('key') || (word === 'move' && hasKey));
  if (takesKey) await copyKey(entry, from, to, target);
  await target.add(entry.certificate.raw, propertiesOf(entry, isSameKeySet));
  if (word === 'move') {
    await source.remove(entry);
    if (takesKey) await deleteKeys([entry], from);
  }
  const name = formatName(entry.certificate.tbsCertificate.subject);
  const withKey = takesKey ? ' with its key' : '';
  out(`${name} ${word === 'move' ? 'moved' : 'copied'} to ${target.name} (${to.name})${withKey}.`);
  const { thumbprint } = entry;
  return { thumbprint, from: from.name, store: source.name, to: to.name, toStore: target.name, withKey: takesKey };
}

function requireOwn({ physicalStore, thumbprint }: StoreEntry, store: CertificateStore): void {
  if (physicalStore === '.Default') return;
  throw hresult('ERROR_ACCESS_DENIED', `The entry ${thumbprint} is only seen through the store ${store.name}.`, {
    hint: 'name the place it is in: --in machine, --in enterprise',
  });
}

/** All but where the key is, and of another key set that too. */
function propertiesOf({ properties }: StoreEntry, withKey: boolean): StoreEntry['properties'] {
  const { keyProvInfo, ...others } = properties;
  return withKey && keyProvInfo ? { ...others, keyProvInfo } : others;
}

/** By way of a PFX that nobody sees: what may leave its provider, and in which form, is decided where it always is. */
async function copyKey(entry: StoreEntry, from: Place, to: Place, target: CertificateStore): Promise<void> {
  const password = formatHex(from.engine.random(32));
  const { pfx } = await exportPfx([entry], from, from.keyProviders, {
    flags: new Set(['NoChain']),
    algorithm: 'AES256_SHA256',
    password,
  });
  const contents = await openPfx(pfx, password, to.engine);
  try {
    await importPfx(contents, to, {
      store: target,
      modifiers: { flags: new Set(), values: new Map() },
      csp: undefined,
      retryLine: 'certhaven certificate export, and import with --provider',
    });
  } finally {
    wipe(...contents.keys.map(({ pkcs8 }) => pkcs8));
  }
}
