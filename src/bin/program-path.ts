import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Sources name the sources, the bundle the bundle: nobody runs yesterday's build unawares. */
export function programPath(): string {
  const source = join(import.meta.dirname, 'certhaven.ts');
  return existsSync(source) ? source : join(import.meta.dirname, 'certhaven.js');
}
