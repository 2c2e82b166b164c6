/** Small files of JSON that a program of ours wrote: whole or not there, readable by their owner alone. */
import { hresult } from '#hresult/hresult-error';
import { readWholeFile, replaceFile } from './durable-file.ts';

const LIMIT = 1024 * 1024;

/** Undefined where there is no such file. Throws ERROR_INVALID_DATA for one that is no JSON; `hint` says how it is made anew. */
export async function readJsonFile<T>(path: string, hint: string): Promise<T | undefined> {
  const content = await readWholeFile(path, LIMIT);
  if (content === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(content)) as T;
  } catch (cause) {
    throw hresult('ERROR_INVALID_DATA', `${path} is damaged.`, { hint, cause });
  }
}

export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  await replaceFile(path, new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`), 0o600);
}
