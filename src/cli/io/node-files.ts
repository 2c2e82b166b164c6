/** The file half of `Console` over the file system of the machine. */
import { resolve } from 'node:path';
import {
  isDirectory,
  isFreePlace,
  listDirectory,
  makeDirectory,
  readWholeFile,
  replaceFile,
  writeNewFile,
} from '#files/durable-file';
import { hresult } from '#hresult/hresult-error';
import type { FileHalf, WriteOptions } from './console.ts';

const MAX_LENGTH = 0x1000_0000;
const PUBLIC_MODE = 0o644;

/** Relative paths begin at `directory`. */
export class NodeFiles implements FileHalf {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async readFile(path: string): Promise<Uint8Array> {
    const content = await readWholeFile(resolve(this.#directory, path), MAX_LENGTH);
    if (content === undefined)
      throw hresult('ERROR_FILE_NOT_FOUND', path, { hint: 'look at the name, and at the folder it is looked for in' });
    return content;
  }

  async writeFile(path: string, content: Uint8Array, options: WriteOptions = {}): Promise<void> {
    const place = resolve(this.#directory, path);
    const mode = options.mode ?? PUBLIC_MODE;
    if (options.overwrite) await replaceFile(place, content, mode);
    else if (!(await writeNewFile(place, content, mode))) {
      await this.requireWritable(path);
      throw taken(path);
    }
  }

  async listFolder(path: string): Promise<readonly string[] | undefined> {
    const place = resolve(this.#directory, path);
    return isDirectory(place) ? listDirectory(place) : undefined;
  }

  async makeFolder(path: string): Promise<void> {
    await makeDirectory(resolve(this.#directory, path), 0o700);
  }

  async requireWritable(path: string, { overwrite = false }: Pick<WriteOptions, 'overwrite'> = {}): Promise<void> {
    if (!(await isFreePlace(resolve(this.#directory, path))) && !overwrite) throw taken(path);
  }
}

function taken(path: string): Error {
  return hresult('ERROR_FILE_EXISTS', path, { hint: 'Give -f to replace the file.' });
}
