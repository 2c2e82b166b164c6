/**
 * The programs the tests judge our bytes with, and the Debian package of each. As root on Debian the missing ones are
 * installed; elsewhere, or under CI where that fails, what is missing is named and the run fails.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PROGRAMS: readonly (readonly [program: string, debianPackage: string])[] = [
  ['openssl', 'openssl'],
  ['pk12util', 'libnss3-tools'],
  ['cmsutil', 'libnss3-tools'],
  ['certtool', 'gnutls-bin'],
  ['keytool', 'default-jdk-headless'],
  ['jarsigner', 'default-jdk-headless'],
  ['javac', 'default-jdk-headless'],
  ['chromium', 'chromium'],
  ['sqlite3', 'sqlite3'],
];

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => folder !== '' && existsSync(`${folder}/${program}`));
}

function missing(): (readonly [program: string, debianPackage: string])[] {
  return PROGRAMS.filter(([program]) => !isOnPath(program));
}

function aptGet(...args: string[]): boolean {
  const run = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return run.status === 0;
}

/** Installs what can be installed; answers the names of the programs that are still not there. */
export function provideSystemPackages(): string[] {
  const absent = missing();
  if (absent.length === 0) return [];
  if (process.getuid?.() === 0 && isOnPath('apt-get')) {
    const packages = [...new Set(absent.map(([, name]) => name))];
    console.log(`installing ${packages.join(' ')}`);
    aptGet('update');
    aptGet('install', '-y', '--no-install-recommends', ...packages);
  }
  return missing().map(([program, name]) => `${program} (Debian package ${name})`);
}

if (import.meta.main) {
  const absent = provideSystemPackages();
  for (const name of absent) console.error(`missing: ${name}`);
  process.exitCode = absent.length > 0 ? 1 : 0;
}
