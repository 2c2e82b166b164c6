/** The CA's certificates with all of their keys in one PFX, as `certutil -backupKey` has it, and opened again before anything is deleted. */
import { dirname } from 'node:path';
import { openKeyOf } from '#ca/renew/key-spec';
import type { OwnKey, OwnKeys } from '#doctor/own-keys';
import { makePrivateDirectory, readWholeFile, writeNewFile } from '#files/durable-file';
import { hresult } from '#hresult/hresult-error';
import { wipe } from '#pki/crypto/engine';
import { withKeyUsage } from '#pki/keyblob/key-usage-attribute';
import { computePublicKey, isSamePublicKey } from '#pki/keyblob/public-key-match';
import { certBagAttributes, keyBagAttributes, windowsLocalKeyId } from '#pki/pkcs12/bag-attributes';
import { openPfx } from '#pki/pkcs12/open';
import { type PfxToSeal, sealPfx } from '#pki/pkcs12/seal';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { withKeyBytes } from './key-bytes.ts';
import type { MigrationPorts } from './ports.ts';

const LARGEST = 16 * 1024 * 1024;

/**
 * Throws ERROR_FILE_EXISTS for a file that is there, NTE_BAD_KEY_STATE for a key that may not leave, ERROR_INVALID_DATA where
 * what was written does not open again with every key in it.
 */
export async function backUpKeys(ports: MigrationPorts, own: OwnKeys, path: string, password: string): Promise<void> {
  const contents = await contentsOf(ports, own);
  try {
    const pfx = await sealPfx(contents, password, { algorithm: 'AES256_SHA256' }, ports.engine);
    await makePrivateDirectory(dirname(path));
    if (!(await writeNewFile(path, pfx)))
      throw hresult('ERROR_FILE_EXISTS', path, { hint: 'choose another folder for the backup, or wipe that file' });
  } finally {
    wipe(...contents.keys.map(({ pkcs8 }) => pkcs8));
  }
  await requireWhole(ports, own.keys, path, password);
}

async function contentsOf(ports: MigrationPorts, { keys, entries }: OwnKeys): Promise<PfxToSeal> {
  const sealed: PfxToSeal['keys'][number][] = [];
  try {
    for (const [index, own] of keys.entries()) {
      const key = await openKeyOf(ports.providers, own);
      try {
        const usage = own.isCsp ? KEY_USAGE.digitalSignature : KEY_USAGE.digitalSignature | KEY_USAGE.dataEncipherment;
        const attributes = keyBagAttributes({
          machineKeyset: true,
          localKeyId: windowsLocalKeyId(index + 1),
          friendlyName: own.container,
          cspName: own.provider,
        });
        const pkcs8 = await withKeyBytes(key, ports.engine, async (bytes) => withKeyUsage(bytes, usage));
        sealed.push({ pkcs8, attributes });
      } finally {
        key.close();
      }
    }
  } catch (error) {
    wipe(...sealed.map(({ pkcs8 }) => pkcs8));
    throw error;
  }
  const certificates = entries.map((own) => {
    const index = keys.findIndex((key) => key.entries.includes(own));
    const localKeyId = index < 0 ? undefined : windowsLocalKeyId(index + 1);
    const { friendlyName } = own.entry.properties;
    return { certificate: own.entry.certificate.raw, attributes: certBagAttributes({ localKeyId, friendlyName }) };
  });
  return { keys: sealed, certificates };
}

/** By another reading of the file: what is on disk, not what was meant to be. */
async function requireWhole(
  { engine }: MigrationPorts,
  keys: readonly OwnKey[],
  path: string,
  password: string,
): Promise<void> {
  const bytes = await readWholeFile(path, LARGEST);
  if (bytes === undefined) throw hresult('ERROR_FILE_NOT_FOUND', path);
  const opened = await openPfx(bytes, password, engine);
  try {
    const found = opened.keys.map(({ pkcs8 }) => computePublicKey(pkcs8));
    const missing = keys.filter(({ publicKey }) => !found.some((held) => isSamePublicKey(held, publicKey)));
    if (missing.length === 0) return;
    const names = missing.map(({ container }) => container).join(', ');
    throw hresult('ERROR_INVALID_DATA', `The backup ${path} lacks the key of ${names}.`);
  } finally {
    wipe(...opened.keys.map(({ pkcs8 }) => pkcs8));
  }
}
