import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeDirectory, replaceFile } from '#files/durable-file';

/** What a launcher puts between the program and its own arguments. */
const LAUNCHERS = { certhaven: '', certutil: 'certutil ', certreq: 'certreq ' } as const;

/**
 * Shell scripts that start the tools without a detour: the Node in use and the program are written into them. The bundle is
 * taken where there is one, because it starts faster than the sources.
 */
export async function writeLaunchers(directory: string): Promise<readonly string[]> {
  await makeDirectory(directory);
  const program = programPath();
  const written: string[] = [];
  for (const [name, tool] of Object.entries(LAUNCHERS)) {
    const path = join(resolve(directory), name);
    const script = `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(program)} ${tool}"$@"\n`;
    await replaceFile(path, new TextEncoder().encode(script), 0o755);
    written.push(path);
  }
  return written;
}

function programPath(): string {
  const here = import.meta.dirname;
  // From the sources this file is src/bin, in the bundle it is dist.
  const bundle = join(here, '..', '..', 'dist', 'certhaven.js');
  if (existsSync(bundle)) return bundle;
  const source = join(here, 'certhaven.ts');
  return existsSync(source) ? source : join(dirname(process.argv[1]!), 'certhaven.js');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
