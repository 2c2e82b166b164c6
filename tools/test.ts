/**
 * `npm test`: everything that must hold, in the order of cheapness. Where a judging program is missing, CI and root fail;
 * elsewhere the test files that name it are left out, and that is said before and after.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { providePkcs11 } from './pkcs11.ts';
import { REPORTER, ROOT, run, runChecks } from './run.ts';
import { type Program, provideSystemPackages } from './system-packages.ts';

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

await runChecks();
// Beside dist, which packing makes anew; within the project, where its packages are found.
run('bundle', process.execPath, ['tools/bundle.ts', 'dist-tested']);
process.env['CERTHAVEN_BUNDLE'] = join(ROOT, 'dist-tested', 'certhaven.js');
run('system tests', process.execPath, [
  '--test',
  '--test-concurrency=2',
  ...REPORTER,
  ...system.filter((file) => !leftOut.includes(file)),
]);
reportAbsent(absent, leftOut);
