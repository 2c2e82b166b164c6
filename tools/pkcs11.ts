/**
 * Builds the package pkcs11js, which Certhaven speaks to PKCS #11 modules with, beside the others of this checkout. It is a peer that nobody has to have, so npm neither installs it nor runs its script; this fetches the version
 * that was reviewed, compares its hash, and compiles it with g++ alone: no Python, no make, no headers from the network.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const PACKAGE = join(ROOT, 'node_modules', 'pkcs11js');
export const VERSION = '2.1.7';
/** SHA-512 of the package as the registry has it. */
const INTEGRITY = 'hstUuhkFoISF8BmTVRtaZzbF09WjE39K3gzZzUrI8WtRu4cYl4gakkd06I4Kq36kR/mkwVw2T2y3kHXk6JvuHQ==';

/** Where SoftHSM2's module is installed; undefined where it is not. */
export function softHsmModule(): string | undefined {
  const places = [
    '/usr/lib/softhsm/libsofthsm2.so',
    `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/softhsm/libsofthsm2.so`,
    '/usr/lib64/pkcs11/libsofthsm2.so',
    '/usr/local/lib/softhsm/libsofthsm2.so',
    '/opt/homebrew/lib/softhsm/libsofthsm2.so',
  ];
  return places.find((path) => existsSync(path));
}

export function isPkcs11Built(): boolean {
  try {
    createRequire(import.meta.url)('pkcs11js');
    return true;
  } catch {
    return false;
  }
}

/** Undefined once the package is there and loads; else why it is not. */
export function providePkcs11(): string | undefined {
  if (isPkcs11Built()) return undefined;
  const headers = nodeHeaders();
  if (headers === undefined)
    return 'node_api.h of Node is not installed: npm ci brings it on Linux, libnode-dev on Debian';
  const aside = mkdtempSync(join(tmpdir(), 'certhaven-pkcs11-'));
  try {
    return fetchPackage(aside) ?? compile(aside, headers) ?? install(aside);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** The addon speaks Node-API only, which is the same in every Node since 12: any one's headers do. */
function nodeHeaders(): string | undefined {
  const besideNode = join(dirname(dirname(process.execPath)), 'include', 'node');
  const fromNpm = join(ROOT, 'node_modules', `node-linux-${process.arch}`, 'include', 'node');
  return [besideNode, fromNpm, '/usr/include/node', '/usr/include/nodejs/src'].find((folder) =>
    existsSync(join(folder, 'node_api.h')),
  );
}

function fetchPackage(aside: string): string | undefined {
  const npm = ['pack', `pkcs11js@${VERSION}`, '--ignore-scripts', '--pack-destination', aside];
  const failure = run('npm', npm);
  if (failure !== undefined) return `npm did not fetch pkcs11js ${VERSION}: ${failure}`;
  const archive = join(aside, `pkcs11js-${VERSION}.tgz`);
  const hash = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (hash !== INTEGRITY)
    return `pkcs11js ${VERSION} from the registry is not the one that was reviewed (sha512-${hash})`;
  return run('tar', ['-xzf', archive, '-C', aside]);
}

/** What binding.gyp of the package says. */
function compile(aside: string, headers: string): string | undefined {
  const folder = join(aside, 'package');
  const out = join(folder, 'build', 'Release');
  mkdirSync(out, { recursive: true });
  const failure = run('g++', [
    ...['-shared', '-fPIC', '-std=c++17', '-O2', '-DBUILDING_NODE_EXTENSION', '-DNAPI_DISABLE_CPP_EXCEPTIONS'],
    '-DNODE_GYP_MODULE_NAME=pkcs11',
    ...(process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []),
    ...['-I', join(folder, 'includes'), '-I', headers],
    ...['dl', 'common', 'main'].map((name) => join(folder, 'src', `${name}.cpp`)),
    ...['-o', join(out, 'pkcs11.node')],
  ]);
  return failure && `g++ did not compile pkcs11js: ${failure}`;
}

function install(aside: string): string | undefined {
  // The folder of temporary files may be on another disk.
  rmSync(PACKAGE, { recursive: true, force: true });
  const failure = run('cp', ['-r', join(aside, 'package'), `${PACKAGE}.new`]);
  if (failure !== undefined) return failure;
  renameSync(`${PACKAGE}.new`, PACKAGE);
  return isPkcs11Built() ? undefined : 'pkcs11js was built and does not load';
}

function run(program: string, args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8' });
  if (status === 0) return undefined;
  return error ? error.message : stderr.trim().split('\n').slice(-5).join('\n');
}
