/** `npm run bench [NAME...]`: each benchmark in a process of its own, one after the other. Prints; asserts nothing. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const BENCHMARKS = [
  'der-decode',
  'der-encode',
  'cms',
  'crl',
  'sign',
  'pkcs11',
  'issue',
  'archive',
  'view',
  'recover',
  'pfx',
  'https',
  'memory',
  'gathered',
  'migrate-keys',
  'cli-start',
];

const named = process.argv.slice(2);
const unknown = named.filter((name) => !BENCHMARKS.includes(name));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(', ')}; there are ${BENCHMARKS.join(', ')}.`);
  process.exit(1);
}
for (const name of named.length > 0 ? named : BENCHMARKS) {
  console.log(`\n== ${name}`);
  const file = join(import.meta.dirname, `${name}.ts`);
  const { status } = spawnSync(process.execPath, ['--expose-gc', file], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
