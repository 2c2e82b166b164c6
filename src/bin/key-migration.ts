/** Moving the keys of this machine's CA, which is opened for that and must not run. */
import { join, resolve } from 'node:path';
import { readConfiguration } from '#ca/config/configuration';
import { sanitizeName } from '#ca/config/sanitized-name';
import { authorize } from '#ca/roles/authorize';
import { isAdministrator } from '#ca/roles/principal';
import { wipeFile } from '#doctor/left-over';
import { hresult } from '#hresult/hresult-error';
import type { KeyMigration, MoveResult } from '#migrate/api';
import { requireNoJournal } from '#migrate/journal';
import { beginMove, type Move, resumeMove, undoMove } from '#migrate/migrate-keys';
import type { KeptKey } from '#migrate/move';
import type { MigrationPorts } from '#migrate/ports';
import { preflight } from '#migrate/preflight';
import { paths } from './home.ts';
import type { Machine } from './machine.ts';

export function keyMigration(machine: Machine): KeyMigration {
  return {
    async plan({ to, hash, noExport, backup }) {
      const { ports, subject } = await open(machine);
      try {
        await requireNoJournal(ports.places);
        // The journal has it, and --resume may be typed elsewhere.
        const folder =
          backup !== undefined ? resolve(backup) : join(paths.keyBackup(machine.home), stamp(ports.clock.now()));
        const commonName = (await readConfiguration(ports.database)).required('CommonName');
        const file = join(folder, `${sanitizeName(commonName)}.p12`);
        const { findings, plan } = await preflight(ports, { to, hash, noExport, backup: file });
        return {
          findings,
          plan,
          backup: file,
          async move({ password, wipesBackup, progress }) {
            if (plan === undefined) throw new TypeError('there is no plan to carry out');
            return result(await beginMove({ ports, subject, progress }, plan, { backup: file, wipesBackup, password }));
          },
          close: () => ports.database.close(),
        };
      } catch (error) {
        await ports.database.close();
        throw error;
      }
    },
    resume: (password, progress) =>
      during(machine, async (opened) => result(await resumeMove({ ...opened, progress }, password))),
    undo: (progress) => during(machine, (opened) => undoMove({ ...opened, progress })),
    wipe: wipeFile,
  };
}

async function during<T>(machine: Machine, use: (opened: Omit<Move, 'progress'>) => Promise<T>): Promise<T> {
  const opened = await open(machine);
  try {
    return await use(opened);
  } finally {
    await opened.ports.database.close();
  }
}

/** Throws ERROR_ACCESS_DENIED for who does not manage both the CA and the machine: the keys are the machine's. */
async function open(machine: Machine): Promise<Omit<Move, 'progress'>> {
  const caller = await machine.caller();
  const { home } = machine;
  const ports: MigrationPorts = {
    ...(await machine.authorityPorts()),
    certificateStores: await machine.keys.stores(true),
    places: {
      home: home.directory,
      written: [home.directory, paths.machineKeys(home), paths.machineStores(home)],
      published: paths.certEnroll(home),
      journal: paths.keyMigration(home),
    },
  };
  try {
    const attempt = { event: 'configurationChanged', values: ['CSP', 'Provider', ''] } as const;
    await authorize({ ports }, caller, ['Administrator'], attempt);
    if (!isAdministrator(caller)) {
      throw hresult('ERROR_ACCESS_DENIED', `${caller.accountName} is no administrator of this machine.`, {
        hint: 'run it as an administrator (CERTHAVEN_USER)',
      });
    }
  } catch (error) {
    await ports.database.close();
    throw error;
  }
  return { ports, subject: caller.accountName };
}

/** `20261126-093000`, UTC. */
function stamp(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}

function result(kept: readonly KeptKey[]): MoveResult {
  return { kept: kept.map(({ place: { provider, container }, why }) => ({ provider, container, why })) };
}
