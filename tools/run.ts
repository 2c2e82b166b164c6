/** The steps of `npm run check` and `npm test`, one after the other; the first that fails ends the process with its code. */
import { spawn, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');
const binaries = join(ROOT, 'node_modules', '.bin');
export const REPORTER = ['--test-reporter=./tools/reporter.ts', '--test-reporter-destination=stdout'];

export function run(title: string, command: string, args: readonly string[]): void {
  const begun = performance.now();
  console.log(`\n== ${title}`);
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    console.error(`\nFAILED: ${title} (exit ${status})`);
    process.exit(status ?? 1);
  }
  console.log(`== ${title}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}

/** The same of several commands at once; what each prints comes when it has ended. */
async function runTogether(title: string, command: string, all: readonly (readonly string[])[]): Promise<void> {
  const begun = performance.now();
  console.log(`\n== ${title}`);
  const codes = await Promise.all(
    all.map(async (args) => {
      const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
      const [output, code] = await Promise.all([
        child.stdout.toArray(),
        new Promise<number>((resolve) => child.on('exit', (exit) => resolve(exit ?? 1))),
      ]);
      process.stdout.write(Buffer.concat(output));
      return code;
    }),
  );
  const failed = codes.find((code) => code !== 0);
  if (failed !== undefined) {
    console.error(`\nFAILED: ${title} (exit ${failed})`);
    process.exit(failed);
  }
  console.log(`== ${title}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}

/** Types, format, import direction and the unit tests. */
export async function runChecks(): Promise<void> {
  run('types', join(binaries, 'tsc'), ['-p', '.']);
  run('format and lint', join(binaries, 'biome'), ['check', '--error-on-warnings', '.']);
  run('import direction', process.execPath, ['tools/check-imports.ts']);
  // One process for many files starts faster than a process a file; two of them, for two processors.
  const unit = globSync('{src,tools}/**/*.test.ts', { cwd: ROOT }).sort();
  const halves = [0, 1].map((half) => unit.filter((_, index) => index % 2 === half));
  await runTogether(
    'unit tests',
    process.execPath,
    halves.map((files) => ['--test', '--test-isolation=none', ...REPORTER, ...files]),
  );
}
