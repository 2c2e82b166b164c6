/** Whether all of the home is its owner's: what somebody else owns he may change, and the service may not read. */
import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Diagnosis, diagnosis } from './finding.ts';
import type { DoctorPlaces } from './ports.ts';

/** A folder with another owner is told once, and not what is in it. Windows keeps owners elsewhere. */
export async function fileOwners({ home }: Pick<DoctorPlaces, 'home'>): Promise<Diagnosis[]> {
  if (process.platform === 'win32') return [];
  const stats = await lstat(home).catch(unlessHidden);
  return stats ? look(home, stats.uid) : [];
}

async function look(folder: string, owner: number): Promise<Diagnosis[]> {
  const found: Diagnosis[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true }).catch(unlessHidden)) ?? []) {
    const path = join(folder, entry.name);
    const stats = await lstat(path).catch(unlessHidden);
    if (stats === undefined) continue;
    if (stats.uid !== owner) found.push(foreign(path, stats, owner));
    else if (stats.isDirectory()) found.push(...(await look(path, owner)));
  }
  return found;
}

function foreign(path: string, stats: Stats, owner: number): Diagnosis {
  const text = `${path} belongs to user ${stats.uid}, and the home to ${owner}.`;
  const command = stats.isDirectory() ? 'chown -R' : stats.isSymbolicLink() ? 'chown -h' : 'chown';
  return diagnosis('error', 'file-owner', text, { cure: `${command} ${owner} "${path}"` });
}

/** What is gone by now, and what may not be looked into: that its owner is another one was told of its folder. */
function unlessHidden(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES'))
    return undefined;
  throw error;
}
