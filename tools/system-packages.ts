/**
 * The programs the tests judge our bytes with, and the Debian package of each. As root on Debian the missing ones are
 * installed; elsewhere they are only named.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export interface Program {
  readonly program: string;
  readonly debianPackage: string;
  /** What a test that needs it has in its text; the program's name where this is left out. */
  readonly mention?: string;
}

const PROGRAMS: readonly Program[] = [
  { program: 'openssl', debianPackage: 'openssl' },
  { program: 'pk12util', debianPackage: 'libnss3-tools' },
  { program: 'cmsutil', debianPackage: 'libnss3-tools' },
  { program: 'certtool', debianPackage: 'gnutls-bin' },
  { program: 'keytool', debianPackage: 'default-jdk-headless' },
  { program: 'jarsigner', debianPackage: 'default-jdk-headless' },
  { program: 'javac', debianPackage: 'default-jdk-headless' },
  { program: 'chromium', debianPackage: 'chromium' },
  { program: 'sqlite3', debianPackage: 'sqlite3' },
  { program: 'hivexregedit', debianPackage: 'libwin-hivex-perl' },
  { program: 'script', debianPackage: 'bsdutils' },
  { program: 'softhsm2-util', debianPackage: 'softhsm2', mention: 'soft-token' },
  { program: 'pkcs11-tool', debianPackage: 'opensc' },
  { program: 'g++', debianPackage: 'g++', mention: 'soft-token' },
];

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => folder !== '' && existsSync(`${folder}/${program}`));
}

function missing(): Program[] {
  return PROGRAMS.filter(({ program }) => !isOnPath(program));
}

function aptGet(...args: string[]): void {
  spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

/** Installs what can be installed; answers what is still not there. */
export function provideSystemPackages(): Program[] {
  const absent = missing();
  if (absent.length === 0 || process.getuid?.() !== 0 || !isOnPath('apt-get')) return absent;
  const packages = [...new Set(absent.map(({ debianPackage }) => debianPackage))];
  console.log(`installing ${packages.join(' ')}`);
  aptGet('update');
  aptGet('install', '-y', '--no-install-recommends', ...packages);
  return missing();
}
