import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { makeDirectory, readWholeFile, writeNewFile } from '#files/durable-file';
import { hresult } from '#hresult/hresult-error';

const FILE_NAME = 'MachineGuid';

/**
 * The GUID every unique container name of this machine ends in (HKLM\SOFTWARE\Microsoft\Cryptography\MachineGuid), kept in
 * a file of `directory`; undefined where none was made yet. Throws ERROR_INVALID_DATA where the file holds no GUID: a new
 * one would make every key of the machine unfindable.
 */
export async function readMachineGuid(directory: string): Promise<string | undefined> {
  const path = join(directory, FILE_NAME);
  const bytes = await readWholeFile(path, 256);
  if (!bytes) return undefined;
  const text = new TextDecoder().decode(bytes).trim().toLowerCase();
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw hresult('ERROR_INVALID_DATA', `${path} holds no GUID.`, {
    hint: 'Put the GUID back that the names of the key files end in.',
  });
}

/** The same, made where there is none. */
export async function machineGuid(directory: string): Promise<string> {
  const known = await readMachineGuid(directory);
  if (known) return known;
  await makeDirectory(directory);
  const path = join(directory, FILE_NAME);
  const made = randomUUID();
  if (await writeNewFile(path, new TextEncoder().encode(`${made}\n`), 0o644)) return made;
  const first = await readMachineGuid(directory);
  if (first) return first;
  throw hresult('ERROR_FILE_NOT_FOUND', `${path} was removed while it was read.`);
}
