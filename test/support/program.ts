import { join } from 'node:path';
import { writeLaunchers } from '../../src/bin/launchers.ts';

/**
 * What tests start as commands: the bundle that `npm test` has made of the sources, as people get it and in half the time to
 * start; the sources themselves where a test file is run alone, for which nobody has made one.
 */
export const PROGRAM = process.env['CERTHAVEN_BUNDLE'] ?? join(import.meta.dirname, '../../src/bin/certhaven.ts');

/** certhaven, certutil and certreq in that folder. */
export async function writeTools(directory: string): Promise<void> {
  await writeLaunchers(directory, PROGRAM);
}
