/** `npm run check`: types, format, import direction and the unit tests; what to run before each commit. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const binaries = join(ROOT, 'node_modules', '.bin');

const steps: (readonly [command: string, args: readonly string[]])[] = [
  [join(binaries, 'tsc'), ['-p', '.']],
  [join(binaries, 'biome'), ['check', '--error-on-warnings', '.']],
  [process.execPath, ['tools/check-imports.ts']],
  [
    process.execPath,
    [
      '--test',
      '--test-isolation=none',
      '--test-reporter=./tools/reporter.ts',
      '--test-reporter-destination=stdout',
      ...globSync('{src,tools}/**/*.test.ts', { cwd: ROOT }).sort(),
    ],
  ],
];
for (const [command, args] of steps) {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
