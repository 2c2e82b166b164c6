/** Files that hold a private key where none belongs: below the home of the machine, whose own key files are of another kind, and below other folders that are named. */
import { lstat, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { readWholeFile, shredFile } from '#files/durable-file';
import { HresultError, hresult } from '#hresult/hresult-error';
import { wipe } from '#pki/crypto/engine';
import { publicKeyToken } from '#pki/keyblob/public-key-match';
import { attempt, type Diagnosis, diagnosis, diagnosisOf } from './finding.ts';
import { type KeyFile, keyFile } from './key-file.ts';
import type { OwnKeys } from './own-keys.ts';
import type { DoctorPlaces } from './ports.ts';

/** No key file is as large; a database may be. */
const LARGEST = 16 * 1024 * 1024;

/** Entries of certificate stores, of which there may be many. */
const STORE_ENTRY = /^[0-9A-F]{40}$/;

/**
 * A key of the CA in clear is an error, and so is what is published: everybody may fetch it, and try passwords. `own` tells
 * the CA's keys, where they are known.
 */
export async function leftOverFiles(
  { home, folders = [], published }: Pick<DoctorPlaces, 'home' | 'folders' | 'published'>,
  own?: Pick<OwnKeys, 'keys'>,
): Promise<Diagnosis[]> {
  const ofCa = new Set(own?.keys.flatMap(({ publicKey }) => publicKeyToken(publicKey) ?? []));
  const found: Diagnosis[] = [];
  const files = await Promise.all([home, ...folders].map(filesBelow));
  for (const path of new Set(files.flat())) {
    const file = await attempt(() => readKeyFile(path));
    if (file instanceof HresultError) found.push(diagnosisOf('warning', 'check-failed', file));
    else if (file) found.push(leftOver(path, file, path.startsWith(join(published, sep)), ofCa));
  }
  return found;
}

function leftOver(path: string, { what, isClear, publicKeys }: KeyFile, isPublished: boolean, ofCa: Set<string>) {
  const isOwn = publicKeys.some((key) => ofCa.has(key));
  const holds = isOwn ? 'a key of the CA in clear' : `${what}${isClear ? '' : ", perhaps the CA's"}`;
  const text = `${path} holds ${holds}${isPublished ? ', and is published to everybody' : ''}.`;
  const cure = `certhaven migrate wipe "${path}" overwrites and removes it`;
  return isPublished || isOwn
    ? diagnosis('error', 'left-over-file', text, { symbol: 'ERROR_FILE_EXISTS', cure })
    : diagnosis('warning', 'left-over-file', text, { cure });
}

/** Absolute paths, sorted. Links are not followed. */
async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES')) return [];
    throw error;
  });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile()) found.push(path);
    else if (entry.isDirectory() && !STORE_ENTRY.test(entry.name)) found.push(...(await filesBelow(path)));
  }
  return found.sort();
}

/** Undefined for a file without a private key, and for one that is gone. */
async function readKeyFile(path: string): Promise<KeyFile | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined || stats.size > LARGEST) return undefined;
  const bytes = await readWholeFile(path, LARGEST);
  return bytes && readAndWiped(bytes, path);
}

function readAndWiped(bytes: Uint8Array, path: string): KeyFile | undefined {
  try {
    return keyFile(bytes, path);
  } finally {
    wipe(bytes);
  }
}

/**
 * Overwrites and removes a file that holds a private key. Throws ERROR_FILE_NOT_FOUND, ERROR_INVALID_DATA for another one, and
 * for a link, of which only the name would go.
 */
export async function wipeFile(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  // A pipe would be waited for.
  if (stats && !stats.isFile() && !stats.isDirectory()) throw notWiped(`${path} is a link, or no file.`);
  const bytes = await readWholeFile(path, LARGEST);
  if (bytes === undefined) throw hresult('ERROR_FILE_NOT_FOUND', path);
  const found = readAndWiped(bytes, path);
  if (found === undefined) throw notWiped(`${path} holds no private key that is known here.`);
  await shredFile(path);
}

function notWiped(why: string): HresultError {
  return hresult('ERROR_INVALID_DATA', why, {
    hint: 'only files with keys are wiped, such as PFX files: see what it is first',
  });
}
