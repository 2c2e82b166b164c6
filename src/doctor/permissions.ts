/** Who but their owner may look into the files that hold keys, requests and sign-ins. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Diagnosis, diagnosis } from './finding.ts';
import type { DoctorPlaces } from './ports.ts';

/** Everybody but the owner. */
const OTHERS = 0o077;

/** Windows keeps access by lists, which modes say nothing of. */
export async function filePermissions({
  home,
  private: places,
}: Pick<DoctorPlaces, 'home' | 'private'>): Promise<Diagnosis[]> {
  if (process.platform === 'win32') return [];
  const stats = await lstat(home).catch(unlessMissing);
  const found = stats && isOpen(stats.mode) ? [open(home, stats.mode, 'chmod 700')] : [];
  for (const place of places) found.push(...(await look(place)));
  return found;
}

async function look(path: string): Promise<Diagnosis[]> {
  const stats = await lstat(path).catch(unlessMissing);
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return isOpen(stats.mode) ? [open(path, stats.mode, 'chmod 600')] : [];
  const found = isOpen(stats.mode) ? [open(path, stats.mode, 'chmod 700')] : [];
  for (const entry of await readdir(path, { withFileTypes: true })) found.push(...(await look(join(path, entry.name))));
  return found;
}

function isOpen(mode: number): boolean {
  return (mode & OTHERS) !== 0;
}

function open(path: string, mode: number, command: string): Diagnosis {
  const rights = (mode & 0o777).toString(8).padStart(3, '0');
  const text = `${path} is open to others than its owner (${rights}).`;
  return diagnosis('error', 'file-permissions', text, { cure: `${command} "${path}"` });
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
