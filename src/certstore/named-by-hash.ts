/** Entries of a store on disk, each named by the SHA-1 of what it holds. */
import { listDirectory, readWholeFile, replaceFile } from '#files/durable-file';
import { HresultError, hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import type { DamagedEntry } from './ports/certificate-store.ts';
import { sha1 } from './sha1.ts';

/** What of a folder can be read, and what cannot. */
export interface Found<Entry> {
  readonly whole: Entry[];
  readonly damaged: DamagedEntry[];
}

export async function readEach<Entry>(
  directory: string,
  kind: DamagedEntry['kind'],
  pattern: RegExp,
  read: (name: string) => Promise<Entry | undefined>,
): Promise<Found<Entry>> {
  const found: Found<Entry> = { whole: [], damaged: [] };
  for (const file of await listDirectory(directory)) {
    const name = pattern.exec(file)?.[1];
    if (name === undefined) continue;
    try {
      const entry = await read(name);
      if (entry) found.whole.push(entry);
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      found.damaged.push({ kind, thumbprint: name.toLowerCase(), error, physicalStore: '.Default' });
    }
  }
  return found;
}

/** True where the file held something else, or was missing. */
export async function repairFile(path: string, content: Uint8Array): Promise<boolean> {
  const held = await readWholeFile(path, content.length).catch(() => undefined);
  if (held && isSameBytes(held, content)) return false;
  await replaceFile(path, content, 0o644);
  return true;
}

export function checkedHash(raw: Uint8Array, name: string, path: string): string {
  const thumbprint = sha1(raw);
  if (thumbprint !== name.toLowerCase()) {
    throw hresult('ERROR_INVALID_DATA', `${path} does not hold what it is named after.`, {
      hint: 'something else changed the file: restore it, or add the certificate or CRL again with certutil -addstore',
    });
  }
  return thumbprint;
}

export function naming<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    throw hresult('ERROR_INVALID_DATA', `${path}: ${error.message}`, { cause: error });
  }
}
