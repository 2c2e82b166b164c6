/**
 * Files that are whole or not there, and stay after a power cut: written beside their place, synced, moved into it by one
 * system call, and the directory synced too. Several processes may work in one directory without locks, because the move
 * itself decides who was first. Fails with ERROR_ACCESS_DENIED, ERROR_DISK_FULL, ERROR_PATH_NOT_FOUND or CRYPT_E_FILE_ERROR.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { access, chmod, constants, link, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type HresultError, hresult } from '#hresult/hresult-error';

/** Names that begin so are unfinished or left over, never content. */
const ASIDE = '.aside-';

/** No writer takes this long: what is older was left behind by a process that was killed. */
const LEFT_BEHIND_MS = 24 * 60 * 60 * 1000;

/** Makes the directory and those above it. */
export async function makeDirectory(directory: string, mode = 0o755): Promise<void> {
  await asHresult(directory, async () => {
    // One by one: mkdir's own recursion does not end where a file system takes no directories, as /proc.
    const missing: string[] = [];
    let at = resolve(directory);
    for (let found = await unlessMissing(stat(at)); found === undefined; found = await unlessMissing(stat(at))) {
      missing.unshift(at);
      at = dirname(at);
    }
    if (!(await stat(at)).isDirectory()) throw isFile(at);
    for (const path of missing) {
      await mkdir(path, { mode }).catch((error: unknown) => {
        // Somebody else was quicker.
        if (codeOf(error) !== 'EEXIST') throw error;
      });
      await syncDirectory(dirname(path));
    }
  });
}

/** The same, and only its owner may look into it, whoever made it. */
export async function makePrivateDirectory(directory: string): Promise<void> {
  await makeDirectory(directory, 0o700);
  await asHresult(directory, async () => {
    if (process.platform !== 'win32' && (await stat(directory)).mode & 0o077) await chmod(directory, 0o700);
  });
}

export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** When the file was last written; undefined where there is none. */
export function fileTime(path: string): Date | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtime;
}

/** Names in the directory, sorted, without unfinished ones; none where there is no such directory. */
export async function listDirectory(directory: string): Promise<string[]> {
  const names = await asHresult(directory, () => unlessMissing(readdir(directory)));
  return (names ?? []).filter((name) => !name.startsWith(ASIDE)).sort();
}

/** Names of the directories in it, sorted; none where there is no such directory. */
export function directoriesIn(directory: string): string[] {
  if (!isDirectory(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(ASIDE))
    .map(({ name }) => name)
    .sort();
}

/**
 * Another text once the file was replaced or removed, whoever did it; undefined where there is none. One look at the file
 * system's cache, which is why it does not wait for it.
 */
export function fileVersion(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.ino} ${found.ctimeNs} ${found.size}`;
}

/** Undefined where there is no such file. Throws ERROR_INVALID_DATA for a file over `limit` bytes. */
export async function readWholeFile(path: string, limit: number): Promise<Uint8Array | undefined> {
  return asHresult(path, async () => {
    const file = await unlessMissing(open(path, 'r'));
    if (!file) return undefined;
    try {
      const stats = await file.stat();
      if (stats.isDirectory()) throw isFolder(path);
      const { size } = stats;
      if (size > limit) throw hresult('ERROR_INVALID_DATA', `${path} is over ${limit} bytes.`);
      // Memory of its own, which the caller can wipe: readFile would leave a copy behind.
      const content = new Uint8Array(size);
      let length = 0;
      while (length < size) {
        const { bytesRead } = await file.read(content, length, size - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return content.subarray(0, length);
    } finally {
      await file.close();
    }
  });
}

/**
 * Whether there is no file yet. Throws what writing one would: ERROR_PATH_NOT_FOUND without the folder it is to be in,
 * ERROR_ACCESS_DENIED where that takes no files, or where the place is a folder itself.
 */
export async function isFreePlace(path: string): Promise<boolean> {
  return asHresult(path, async () => {
    const found = await unlessMissing(stat(path));
    if (found?.isDirectory()) throw isFolder(path);
    await access(dirname(path), constants.W_OK);
    return found === undefined;
  });
}

/** False, and nothing changed, where the file is there already. */
export async function writeNewFile(path: string, content: Uint8Array, mode = 0o600): Promise<boolean> {
  return asHresult(path, async () => {
    const aside = await writeAside(dirname(path), content, mode);
    try {
      // link, unlike rename, refuses to replace.
      await link(aside, path);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    } finally {
      await rm(aside, { force: true });
    }
    await syncDirectory(dirname(path));
    return true;
  });
}

/** Readers see the old content or the new, nothing between. */
export async function replaceFile(path: string, content: Uint8Array, mode = 0o600): Promise<void> {
  await asHresult(path, async () => {
    const aside = await writeAside(dirname(path), content, mode);
    try {
      await rename(aside, path);
    } catch (error) {
      await rm(aside, { force: true });
      throw error;
    }
    await syncDirectory(dirname(path));
  });
}

/**
 * Gives a file another name beside its own, `PATH.SUFFIX`, or `PATH.SUFFIX-2` and so on where such files are there. Throws
 * ERROR_FILE_NOT_FOUND.
 */
export async function keepUnderAnotherName(path: string, suffix: string): Promise<void> {
  await asHresult(path, async () => {
    for (let count = 1; ; count += 1) {
      try {
        await link(path, `${path}.${suffix}${count === 1 ? '' : `-${count}`}`);
        break;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
    }
    await syncDirectory(dirname(path));
  });
}

/** False where there was no such file. */
export async function removeFile(path: string): Promise<boolean> {
  return asHresult(path, async () => {
    if ((await unlessMissing(unlink(path).then(() => true))) === undefined) return false;
    await syncDirectory(dirname(path));
    return true;
  });
}

/**
 * Removes a file after overwriting it, as far as the file system writes in place; false where there was none. It leaves
 * its name before it loses its content, so a kill between the two leaves no damaged file under a good name.
 */
export async function shredFile(path: string): Promise<boolean> {
  return asHresult(path, async () => {
    const aside = join(dirname(path), `${ASIDE}${randomUUID()}`);
    if ((await unlessMissing(rename(path, aside).then(() => true))) === undefined) return false;
    await syncDirectory(dirname(path));
    const file = await open(aside, 'r+');
    try {
      const { size } = await file.stat();
      await file.write(new Uint8Array(size), 0, size, 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await unlink(aside);
    await syncDirectory(dirname(path));
    return true;
  });
}

/**
 * Makes a directory with these files, all at once: false, and nothing changed, where a directory of that name is there.
 * `files` must not be empty: an empty directory in the way would be replaced.
 */
export async function makeDirectoryOfFiles(
  directory: string,
  files: ReadonlyMap<string, Uint8Array>,
  mode = 0o600,
): Promise<boolean> {
  return asHresult(directory, async () => {
    const aside = join(dirname(directory), `${ASIDE}${randomUUID()}`);
    // Who may read the files may enter the directory.
    await mkdir(aside, { mode: mode | ((mode & 0o444) >> 2) });
    try {
      for (const [name, content] of files) await writeSynced(join(aside, name), content, mode);
      await syncDirectory(aside);
      await rename(aside, directory);
    } catch (error) {
      await rm(aside, { recursive: true, force: true });
      // POSIX lets the system choose between the two; Windows answers EPERM.
      if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error) ?? '') && (await isThere(directory))) return false;
      throw error;
    }
    await syncDirectory(dirname(directory));
    return true;
  });
}

/** Removes a directory and what is in it, all at once for whoever looks; false where there was none. */
export async function removeDirectory(directory: string): Promise<boolean> {
  return asHresult(directory, async () => {
    const aside = join(dirname(directory), `${ASIDE}${randomUUID()}`);
    if ((await unlessMissing(rename(directory, aside).then(() => true))) === undefined) return false;
    await syncDirectory(dirname(directory));
    await rm(aside, { recursive: true, force: true });
    return true;
  });
}

/** Removes what killed processes left behind more than a day ago. */
export async function sweepDirectory(directory: string): Promise<void> {
  await asHresult(directory, async () => {
    for (const name of (await unlessMissing(readdir(directory))) ?? []) {
      if (!name.startsWith(ASIDE)) continue;
      const path = join(directory, name);
      const found = await unlessMissing(stat(path));
      if (!found || Date.now() - found.mtimeMs < LEFT_BEHIND_MS) continue;
      if (found.isFile()) await shredFile(path);
      else await rm(path, { recursive: true, force: true });
    }
  });
}

async function writeAside(directory: string, content: Uint8Array, mode: number): Promise<string> {
  const aside = join(directory, `${ASIDE}${randomUUID()}`);
  try {
    await writeSynced(aside, content, mode);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  return aside;
}

async function writeSynced(path: string, content: Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows opens no directories; its file system journals the names itself.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Throws ERROR_ACCESS_DENIED where that cannot be seen. */
export async function isThere(path: string): Promise<boolean> {
  return asHresult(path, async () => (await unlessMissing(stat(path))) !== undefined);
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

async function asHresult<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) throw error;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
      throw hresult('ERROR_ACCESS_DENIED', `${path}.`, {
        hint: 'look at the permissions of file and folder, and at who runs the command',
        cause: error,
      });
    }
    if (code === 'ENOSPC' || code === 'EDQUOT') throw hresult('ERROR_DISK_FULL', `${path}.`, { cause: error });
    if (code === 'EISDIR') throw isFolder(path, error);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw hresult('ERROR_PATH_NOT_FOUND', `${path}.`, {
        hint: 'make the folder first, or name another',
        cause: error,
      });
    throw hresult('CRYPT_E_FILE_ERROR', `${path}: ${code}.`, { cause: error });
  }
}

/** What Windows says of a folder that is opened as a file. */
function isFolder(path: string, cause?: unknown): HresultError {
  return hresult('ERROR_ACCESS_DENIED', `${path} is a folder.`, { hint: 'name a file', cause });
}

function isFile(path: string): HresultError {
  return hresult('CRYPT_E_FILE_ERROR', `${path} is a file where a folder is to be.`, { hint: 'name a folder' });
}
