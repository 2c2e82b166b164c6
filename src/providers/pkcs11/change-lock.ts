import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makePrivateDirectory, readWholeFile, removeFile, writeNewFile } from '#files/durable-file';
import { hresult } from '#hresult/hresult-error';

const LOOK_AGAIN_MS = 20;
/** A device may take a minute for a long key. */
const PATIENCE_MS = 5 * 60 * 1000;

/**
 * Tokens take any number of keys of one name, and SoftHSM may not see what another process writes while it writes itself. So
 * of the processes of a machine one at a time changes a token: it holds a file of `directory`, with its number in it. Throws
 * ERROR_BUSY where another holds it for minutes; the file of one that was killed is taken over.
 */
export async function withChangeLock<T>(directory: string, token: string, change: () => Promise<T>): Promise<T> {
  await makePrivateDirectory(directory);
  const path = join(directory, `${createHash('sha256').update(token).digest('hex').slice(0, 32)}.lock`);
  const own = new TextEncoder().encode(String(process.pid));
  for (const begun = performance.now(); !(await writeNewFile(path, own)); await sleep(LOOK_AGAIN_MS)) {
    const content = await readWholeFile(path, 64);
    if (content === undefined) continue;
    const holder = Number(new TextDecoder().decode(content));
    if (!isAlive(holder)) await removeFile(path);
    else if (performance.now() - begun > PATIENCE_MS) {
      throw hresult('ERROR_BUSY', `Process ${holder} has been changing the token ${token} for minutes.`, {
        hint: `end that process, or remove ${path} where it has nothing to do with Certhaven`,
      });
    }
  }
  try {
    return await change();
  } finally {
    await removeFile(path);
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is somebody else's, and alive.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
