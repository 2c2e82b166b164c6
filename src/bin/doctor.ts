/** Looking at the CA of this machine, through its service or at rest; nothing is written. */
import { existsSync } from 'node:fs';
import { configString } from '#ca/authority';
import { readConfiguration } from '#ca/config/configuration';
import { authorize } from '#ca/roles/authorize';
import { isAdministrator } from '#ca/roles/principal';
import { openSqliteDatabase } from '#database/sqlite/open-sqlite-database';
import type { Examination } from '#doctor/api';
import { examine } from '#doctor/examine';
import type { DoctorPorts } from '#doctor/ports';
import { listDirectory } from '#files/durable-file';
import { HresultError, hresult, isHresult } from '#hresult/hresult-error';
import type { KeyProviders } from '#pki/crypto/key-provider';
import { PROVIDERS } from '#providers/names';
import { paths } from './home.ts';
import type { Machine } from './machine.ts';
import { machineStoresPort } from './machine-stores.ts';
import { runningAuthority } from './remote-authority.ts';
import { runningService } from './service-file.ts';

/**
 * Throws ERROR_ACCESS_DENIED for who may not read the CA's configuration or does not administer the machine, whose keys and
 * files these are; ERROR_FILE_NOT_FOUND where there is no CA. `folders`, absolute paths, are looked through for key files.
 */
export async function examineMachine(machine: Machine, folders: readonly string[]): Promise<Examination> {
  const { home } = machine;
  const caller = await machine.caller();
  const certificateStores = await machine.keys.stores(true);
  const records = await openRecords(machine);
  try {
    if (!isAdministrator(caller)) {
      throw hresult('ERROR_ACCESS_DENIED', `${caller.accountName} is no administrator of this machine.`, {
        hint: 'run it as an administrator (CERTHAVEN_USER)',
      });
    }
    const findings = await examine({
      clock: { now: () => new Date() },
      engine: machine.engine,
      providers: await inspectedProviders(machine),
      stores: machineStoresPort(certificateStores),
      retriever: await machine.retriever(),
      certificateStores,
      enterpriseStores: await machine.keys.enterpriseStores(),
      serviceStores: machine.keys.serviceStores(),
      places: {
        home: home.directory,
        folders,
        private: [
          paths.database(home),
          paths.directory(home),
          paths.keyBackup(home),
          paths.keyMigration(home),
          paths.credentials(home),
          paths.serviceFile(home),
          paths.providers(home),
          paths.machineKeys(home),
          ...(await listDirectory(paths.users(home))).map((sid) => paths.userKeys(home, sid)),
        ],
        published: paths.certEnroll(home),
        journal: paths.keyMigration(home),
      },
      database: records.database,
      isRunning: records.isRunning,
    });
    return { config: await configOf(records.database), findings };
  } finally {
    await records.close();
  }
}

/** Where the machine's key set does not open, each key that is asked for says why; the rest is looked at all the same. */
async function inspectedProviders(machine: Machine): Promise<KeyProviders> {
  try {
    return await machine.keys.inspectedProviders();
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    const byName = () => {
      throw error;
    };
    return { byName, all: [], known: PROVIDERS };
  }
}

interface Records {
  readonly database: DoctorPorts['database'];
  readonly isRunning: boolean;
  close(): Promise<void>;
}

async function openRecords(machine: Machine): Promise<Records> {
  const path = paths.database(machine.home);
  if (!existsSync(path)) {
    throw hresult('ERROR_FILE_NOT_FOUND', 'There is no certification authority on this machine.', {
      hint: 'certhaven doctor --reg, --pfx and --cert look at files of another CA',
    });
  }
  const caller = await machine.caller();
  const client = await runningService(machine.home, async () => caller.sid);
  if (client) {
    const authority = await runningAuthority(client, undefined);
    const database = {
      registry: () => authority.registry(),
      view: (query: Parameters<typeof authority.view>[0]) => authority.view(query),
      events: () => authority.eventLog(),
    };
    return { database, isRunning: true, close: () => authority.close() };
  }
  const database = await openSqliteDatabase({ path, create: false });
  try {
    await authorize({ ports: { clock: { now: () => new Date() }, database } }, caller, [
      'Read',
      'Officer',
      'Administrator',
    ]);
  } catch (error) {
    await database.close();
    throw error;
  }
  return { database, isRunning: false, close: () => database.close() };
}

async function configOf(database: DoctorPorts['database']): Promise<string | undefined> {
  try {
    const configuration = await readConfiguration(database);
    return configString({
      serverName: configuration.required('CAServerName'),
      commonName: configuration.required('CommonName'),
    });
  } catch (error) {
    if (isHresult(error, 'ERROR_FILE_NOT_FOUND') || isHresult(error, 'ERROR_INVALID_DATA')) return undefined;
    throw error;
  }
}
