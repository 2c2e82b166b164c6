import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { listDirectory, readWholeFile, writeNewFile } from '#files/durable-file';
import { hresult } from '#hresult/hresult-error';
import { wipe } from '#pki/crypto/engine';

const FILE_NAME = 'protect.key';
const KEY_LENGTH = 32;
const HINT =
  'Restore protect.key from the backup of this key set; where there is none, move the folder aside, and bring back what PFX files have: certutil -restoreKey, -importPFX.';

/**
 * The key that protects all private keys of one key set: 32 bytes in `protect.key`; undefined where the key set is empty.
 * Throws NTE_BAD_KEYSET where it is gone while there are keys under it, or has another length: a new one could open none of
 * them.
 */
export async function readProtectionKey(directory: string): Promise<KeyObject | undefined> {
  const path = join(directory, FILE_NAME);
  const known = await read(path);
  if (known || (await listDirectory(directory)).length === 0) return known;
  // Between the two looks another process may have made the key and its first container.
  const late = await read(path);
  if (late) return late;
  throw hresult('NTE_BAD_KEYSET', `${path} is missing, and the key files beside it cannot be opened without it.`, {
    hint: HINT,
  });
}

/** The same, made where the key set is empty. */
export async function openProtectionKey(directory: string): Promise<KeyObject> {
  const known = await readProtectionKey(directory);
  if (known) return known;
  const path = join(directory, FILE_NAME);
  const made = new Uint8Array(randomBytes(KEY_LENGTH));
  try {
    if (await writeNewFile(path, made)) return createSecretKey(made);
  } finally {
    wipe(made);
  }
  const first = await read(path);
  if (first) return first;
  throw hresult('NTE_BAD_KEYSET', `${path} was removed while it was read.`);
}

async function read(path: string): Promise<KeyObject | undefined> {
  const bytes = await readWholeFile(path, 4096);
  if (!bytes) return undefined;
  try {
    if (bytes.length === KEY_LENGTH) return createSecretKey(bytes);
    throw hresult('NTE_BAD_KEYSET', `${path} holds ${bytes.length} bytes instead of ${KEY_LENGTH}.`, {
      hint: HINT,
    });
  } finally {
    wipe(bytes);
  }
}
