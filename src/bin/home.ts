/** Where a machine keeps what is Certhaven's, and who is at it. */
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { makePrivateDirectory, readWholeFile, replaceFile } from '#files/durable-file';
import { hresult } from '#hresult/hresult-error';

export interface Home {
  readonly directory: string;
  /** DNS name of this machine. */
  readonly machineName: string;
}

/** CERTHAVEN_HOME, else `.certhaven` in the home directory of whoever runs the command. */
export function findHome(environment: NodeJS.ProcessEnv = process.env): Home {
  return {
    directory: environment['CERTHAVEN_HOME'] ?? join(homedir(), '.certhaven'),
    machineName: environment['CERTHAVEN_MACHINE'] ?? hostname(),
  };
}

export const paths = {
  directory: (home: Home) => join(home.directory, 'directory.db'),
  database: (home: Home) => join(home.directory, 'ca', 'ca.db'),
  certEnroll: (home: Home) => join(home.directory, 'CertEnroll'),
  machineKeys: (home: Home) => join(home.directory, 'machine', 'keys'),
  machineStores: (home: Home) => join(home.directory, 'machine', 'stores'),
  userKeys: (home: Home, sid: string) => join(home.directory, 'users', sid, 'keys'),
  userStores: (home: Home, sid: string) => join(home.directory, 'users', sid, 'stores'),
} as const;

const ACCOUNT_LIMIT = 1024;

/**
 * The account a command runs as: CERTHAVEN_USER, else the one `certhaven logon` set, else the domain's Administrator.
 * Whoever can read the home directory is its administrator already; naming an account is for playing several people on one
 * machine, as runas is, and guards nothing.
 */
export async function currentAccount(
  home: Home,
  netbiosName: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const named = environment['CERTHAVEN_USER'];
  if (named) return named;
  const stored = await readWholeFile(join(home.directory, 'account'), ACCOUNT_LIMIT);
  if (stored) return new TextDecoder().decode(stored).trim();
  return `${netbiosName}\\Administrator`;
}

export async function setCurrentAccount(home: Home, accountName: string): Promise<void> {
  if (/[\r\n]/.test(accountName)) throw hresult('ERROR_INVALID_NAME', 'An account name is one line.');
  await makePrivateDirectory(home.directory);
  await replaceFile(join(home.directory, 'account'), new TextEncoder().encode(`${accountName}\n`));
}
