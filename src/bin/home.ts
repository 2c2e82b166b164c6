/** Where a machine keeps what is Certhaven's. */
import { homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';

export interface Home {
  readonly directory: string;
  /** DNS name of this machine. */
  readonly machineName: string;
}

/**
 * CERTHAVEN_HOME, else `.certhaven` in the home directory of whoever runs the command. Absolute, because the CA writes places
 * below it into its configuration; empty variables count as unset.
 */
export function findHome(environment: NodeJS.ProcessEnv = process.env): Home {
  return {
    directory: resolve(environment['CERTHAVEN_HOME'] || join(homedir(), '.certhaven')),
    machineName: environment['CERTHAVEN_MACHINE'] || hostname(),
  };
}

export const paths = {
  directory: (home: Home) => join(home.directory, 'directory.db'),
  database: (home: Home) => join(home.directory, 'ca', 'ca.db'),
  keyBackup: (home: Home) => join(home.directory, 'ca', 'key-backup'),
  keyMigration: (home: Home) => join(home.directory, 'ca', 'key-migration.json'),
  serviceFile: (home: Home) => join(home.directory, 'service.json'),
  joined: (home: Home) => join(home.directory, 'joined.json'),
  credentials: (home: Home) => join(home.directory, 'sign-in'),
  /** Providers over PKCS #11 tokens. */
  providers: (home: Home) => join(home.directory, 'providers.json'),
  tokenLocks: (home: Home) => join(home.directory, 'machine', 'token-locks'),
  certEnroll: (home: Home) => join(home.directory, 'CertEnroll'),
  machineKeys: (home: Home) => join(home.directory, 'machine', 'keys'),
  machineStores: (home: Home) => join(home.directory, 'machine', 'stores'),
  enterpriseStores: (home: Home) => join(home.directory, 'machine', 'enterprise'),
  serviceStores: (home: Home) => join(home.directory, 'machine', 'services'),
  users: (home: Home) => join(home.directory, 'users'),
  userKeys: (home: Home, sid: string) => join(home.directory, 'users', sid, 'keys'),
  userStores: (home: Home, sid: string) => join(home.directory, 'users', sid, 'stores'),
} as const;
