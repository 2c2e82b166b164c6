/** Kills processes with SIGKILL while they write, for the tests of everything that must survive it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs TypeScript in a process of its own and kills it after so many lines of output. Answers the lines that came; the
 * program prints one after each thing it has done, so what they name must be there afterwards.
 */
export async function linesBeforeKill(program: string, args: readonly string[], lines: number): Promise<string[]> {
  const options = ['--input-type=module-typescript', '--eval', program, '--', ...args];
  const child = spawn(process.execPath, options, { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let faults = '';
  child.stderr.on('data', (chunk) => {
    faults += String(chunk);
  });
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
    if (output.split('\n').length > lines) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself: ${faults}`);
  return output.split('\n').slice(0, -1);
}
