/**
 * `npm test`: everything that must hold, in the order of cheapness. Where a judging program is missing, CI and root fail;
 * elsewhere the test files that name it are left out, and that is said before and after.
 */
import { spawn, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { providePkcs11 } from './pkcs11.ts';
import { type Program, provideSystemPackages } from './system-packages.ts';

const ROOT = join(import.meta.dirname, '..');
const binaries = join(ROOT, 'node_modules', '.bin');
const reporter = ['--test-reporter=./tools/reporter.ts', '--test-reporter-destination=stdout'];

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

/** The missing programs that a test file calls by name. */
function missingFor(file: string, absent: readonly Program[]): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return absent
    .filter(({ program, mention = program }) => new RegExp(`\\b${mention}\\b`).test(text))
    .map(({ program }) => program);
}

function reportAbsent(absent: readonly Program[], leftOut: readonly string[]): void {
  if (absent.length === 0) return;
  console.error(
    `\nNOT INSTALLED: ${absent.map(({ program, debianPackage }) => `${program} (${debianPackage})`).join(', ')}`,
  );
  console.error(`NOT RUN, because they need them:${leftOut.map((file) => `\n  ${file}`).join('')}`);
}

const absent = provideSystemPackages();
const notBuilt = providePkcs11();
if (notBuilt !== undefined) {
  console.error(`\npkcs11js was not built. ${notBuilt}`);
  absent.push({ program: 'pkcs11js', debianPackage: 'npm run pkcs11', mention: 'soft-token' });
}
const system = globSync('test/**/*.test.ts', { cwd: ROOT }).sort();
const leftOut = system.filter((file) => missingFor(file, absent).length > 0);
reportAbsent(absent, leftOut);
if (absent.length > 0 && (process.env['CI'] !== undefined || process.getuid?.() === 0)) process.exit(1);

run('types', join(binaries, 'tsc'), ['-p', '.']);
run('format and lint', join(binaries, 'biome'), ['check', '--error-on-warnings', '.']);
run('import direction', process.execPath, ['tools/check-imports.ts']);
// One process for many files starts faster than a process a file; two of them, for two processors.
const unit = globSync('{src,tools}/**/*.test.ts', { cwd: ROOT }).sort();
const halves = [0, 1].map((half) => unit.filter((_, index) => index % 2 === half));
await runTogether(
  'unit tests',
  process.execPath,
  halves.map((files) => ['--test', '--test-isolation=none', ...reporter, ...files]),
);
// Beside dist, which packing makes anew; within the project, where its packages are found.
run('bundle', process.execPath, ['tools/bundle.ts', 'dist-tested']);
process.env['CERTHAVEN_BUNDLE'] = join(ROOT, 'dist-tested', 'certhaven.js');
run('system tests', process.execPath, [
  '--test',
  '--test-concurrency=2',
  ...reporter,
  ...system.filter((file) => !leftOut.includes(file)),
]);
reportAbsent(absent, leftOut);
