/** Files that may hold a private key where none belongs: PFX files below the home of the machine. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readWholeFile, shredFile } from '#files/durable-file';
import { HresultError, hresult } from '#hresult/hresult-error';
import { decodePfx } from '#pki/pkcs12/pfx';
import { type Diagnosis, diagnosis } from './finding.ts';
import type { DoctorPlaces } from './ports.ts';

const LARGEST = 16 * 1024 * 1024;
const NAMES = /\.(?:p12|pfx)$/i;

/** Absolute paths below `home`, sorted. By their names: whoever hides a PFX under another name has not left it over. */
export async function leftOverFiles(home: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(home, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && NAMES.test(entry.name) && (await isPfx(path))) found.push(path);
  }
  return found.sort();
}

/** One that is published is an error: everybody may fetch it, and try passwords. */
export async function leftOverPfx({ home, published }: Pick<DoctorPlaces, 'home' | 'published'>): Promise<Diagnosis[]> {
  return (await leftOverFiles(home)).map((path) => {
    const isPublished = path.startsWith(join(published, '/'));
    const text = `${path} may hold a key of the CA${isPublished ? ', and is published to everybody' : ''}.`;
    const cure = `certhaven migrate wipe "${path}" overwrites and removes it`;
    return isPublished
      ? diagnosis('error', 'left-over-file', text, { symbol: 'ERROR_FILE_EXISTS', cure })
      : diagnosis('warning', 'left-over-file', text, { cure });
  });
}

/** Overwrites and removes a PFX. Throws ERROR_FILE_NOT_FOUND, ERROR_INVALID_DATA for a file that is none. */
export async function wipeFile(path: string): Promise<void> {
  if (!(await isPfx(path))) {
    throw hresult('ERROR_INVALID_DATA', `${path} is no PFX.`, {
      hint: 'only PFX files are wiped: see what it is first',
    });
  }
  await shredFile(path);
}

async function isPfx(path: string): Promise<boolean> {
  const bytes = await readWholeFile(path, LARGEST);
  if (bytes === undefined) throw hresult('ERROR_FILE_NOT_FOUND', path);
  try {
    decodePfx(bytes);
    return true;
  } catch (error) {
    if (error instanceof HresultError) return false;
    throw error;
  }
}
