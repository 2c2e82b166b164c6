/**
 * `npm test`: everything that must hold, in the order of cheapness. Where a judging program is missing the tests that need
 * it fail; a laptop that cannot install it says so first, loudly, and leaves only those out with CERTHAVEN_WITHOUT_SYSTEM_TOOLS=1.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { provideSystemPackages } from './system-packages.ts';

const ROOT = join(import.meta.dirname, '..');

function run(title: string, command: string, args: readonly string[]): void {
  const begun = performance.now();
  console.log(`\n== ${title}`);
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    console.error(`\nFAILED: ${title} (exit ${status})`);
    process.exit(status ?? 1);
  }
  console.log(`== ${title}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}

const absent = provideSystemPackages();
const withoutTools = process.env['CERTHAVEN_WITHOUT_SYSTEM_TOOLS'] === '1' && process.env['CI'] === undefined;
if (absent.length > 0) {
  console.error(`\nNOT HERE, and tests need them: ${absent.join(', ')}`);
  if (!withoutTools) {
    console.error(
      'Install them (as root on Debian this command does it), or set CERTHAVEN_WITHOUT_SYSTEM_TOOLS=1 to leave test/interop and test/e2e out.',
    );
    process.exit(1);
  }
}

const binaries = join(ROOT, 'node_modules', '.bin');
run('types', join(binaries, 'tsc'), ['-p', '.']);
run('format and lint', join(binaries, 'biome'), ['check', '--error-on-warnings', '.']);
run('import direction', process.execPath, ['tools/check-imports.ts']);

const unit = globSync('{src,tools}/**/*.test.ts', { cwd: ROOT }).sort();
const system = globSync('test/**/*.test.ts', { cwd: ROOT }).sort();
const reporter = ['--test-reporter=./tools/reporter.ts', '--test-reporter-destination=stdout'];
run('unit tests', process.execPath, ['--test', '--test-isolation=none', ...reporter, ...unit]);
if (absent.length > 0) console.error(`\nLEFT OUT: ${system.length} files of test/, because of: ${absent.join(', ')}`);
else run('system tests', process.execPath, ['--test', '--test-concurrency=2', ...reporter, ...system]);
