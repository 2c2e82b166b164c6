/** Disk, permissions, and what lies about. */
import { access, constants, realpath, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Finding, findingOf } from '#doctor/finding';
import { isThere } from '#files/durable-file';
import { type HresultError, hresult } from '#hresult/hresult-error';
import type { MigrationPorts } from './ports.ts';

/** What a disk must have left for keys, stores, database and backup: they are small. */
const NEEDED_BYTES = 16 * 1024 * 1024;

/** `backup`: the PFX that is to be written, an absolute path. */
export async function placeFindings({ places }: MigrationPorts, backup: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (`${await realOf(backup)}/`.startsWith(`${await realOf(places.published)}/`)) {
    const open = hresult('ERROR_INVALID_NAME', `${backup} is published to everybody.`, {
      hint: 'choose another folder',
    });
    findings.push(findingOf('error', open));
  }
  for (const place of places.written) {
    const refusal = await attemptAccess(place);
    if (refusal) findings.push(findingOf('error', refusal));
  }
  if (await isThere(backup)) {
    const taken = hresult('ERROR_FILE_EXISTS', backup, { hint: 'choose another folder for the backup' });
    findings.push(findingOf('error', taken));
  }
  const folder = dirname(backup);
  for (const place of [places.home, (await isThere(folder)) ? folder : places.home]) {
    const { bavail, bsize } = await statfs(place);
    if (bavail * bsize >= NEEDED_BYTES) continue;
    findings.push(
      findingOf(
        'error',
        hresult('ERROR_DISK_FULL', `${place} has less than 16 MiB left.`, { hint: 'make room first' }),
      ),
    );
    break;
  }
  return findings;
}

/** Without links, as far as the path is there. */
async function realOf(path: string): Promise<string> {
  const parent = dirname(path);
  if (parent === path) return path;
  return (await isThere(path)) ? realpath(path) : join(await realOf(parent), basename(path));
}

async function attemptAccess(place: string): Promise<HresultError | undefined> {
  try {
    await access(place, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (cause) {
    return hresult('ERROR_ACCESS_DENIED', `${place} cannot be written.`, {
      hint: 'run it as the account that the CA runs as',
      cause,
    });
  }
}
