/** A SoftHSM2 token in a folder of its own, for one test file: `SOFTHSM2_CONF` of this process and its children names it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { softHsmModule } from '../../tools/pkcs11.ts';

export const TOKEN = 'ca-token';
export const PIN = '471108';

export interface SoftToken {
  readonly directory: string;
  /** Where SoftHSM keeps its tokens: a folder that is moved away is a device that is unplugged. */
  readonly tokens: string;
  readonly module: string;
  /** Of mode 0600. */
  readonly pinFile: string;
  /** `SOFTHSM2_CONF`. */
  readonly configuration: string;
  remove(): void;
}

/** SoftHSM reads its configuration once a process, so there is one of these a test file. */
export function softToken(label = TOKEN): SoftToken {
  const soft = noToken();
  initializeToken(label);
  return soft;
}

/** The same before any token was initialized. */
export function noToken(): SoftToken {
  const module = softHsmModule();
  if (module === undefined) throw new TypeError('libsofthsm2.so is not installed (softhsm2).');
  const directory = mkdtempSync(join(tmpdir(), 'certhaven-token-'));
  const tokens = join(directory, 'tokens');
  const configuration = join(directory, 'softhsm2.conf');
  const pinFile = join(directory, 'pin');
  mkdirSync(tokens);
  writeFileSync(pinFile, `${PIN}\n`, { mode: 0o600 });
  writeFileSync(configuration, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  process.env['SOFTHSM2_CONF'] = configuration;
  return {
    directory,
    tokens,
    module,
    pinFile,
    configuration,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export function initializeToken(label: string, pin = PIN): void {
  const words = ['--init-token', '--free', '--label', label, '--so-pin', '87654321', '--pin', pin];
  execFileSync('softhsm2-util', words, { stdio: 'pipe' });
}
