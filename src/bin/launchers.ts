import { join, resolve } from 'node:path';
import { shellWord } from '#cli/io/shell-word';
import { makeDirectory, replaceFile } from '#files/durable-file';
import { programPath } from './program-path.ts';

/** What a launcher puts between the program and its own arguments. */
const LAUNCHERS = { certhaven: '', certutil: 'certutil ', certreq: 'certreq ' } as const;

/**
 * Shell scripts that start the tools without a detour: the Node in use and the program are written into them.
 */
export async function writeLaunchers(directory: string, program = programPath()): Promise<readonly string[]> {
  await makeDirectory(directory);
  const written: string[] = [];
  for (const [name, tool] of Object.entries(LAUNCHERS)) {
    const path = join(resolve(directory), name);
    const script = `#!/bin/sh\nexec ${shellWord(process.execPath)} ${shellWord(program)} ${tool}"$@"\n`;
    await replaceFile(path, new TextEncoder().encode(script), 0o755);
    written.push(path);
  }
  return written;
}
