/** A process that moves the keys of the CA of a folder and kills itself at a named step: `dying-migration.ts FOLDER "copied Contoso CA" ISO-TIME`. */
import { join } from 'node:path';
import type { CertificateStore } from '#certstore/ports/certificate-store';
import { beginMove } from '#migrate/migrate-keys';
import { preflight } from '#migrate/preflight';
import { AuthorityWorld } from './authority-world.ts';
import { migrationPorts } from './csp-ca.ts';

const [folder, point, now] = process.argv.slice(2);

function reach(step: string): void {
  if (step === point) process.kill(process.pid, 'SIGKILL');
}

const world = await AuthorityWorld.reopen(folder!, { now: new Date(now!) });
const ports = migrationPorts(world);
const backup = join(folder!, 'backup', 'Contoso CA.p12');
const { plan } = await preflight(ports, { to: 'KSP', backup });
let entries = 0;
const { certificateStores } = ports;
const stores = {
  all: certificateStores.all,
  open(name: string): CertificateStore {
    const store = certificateStores.open(name);
    return {
      ...store,
      list: () => store.list(),
      setProperty: async (...args: Parameters<CertificateStore['setProperty']>) => {
        await store.setProperty(...args);
        reach(`entry ${++entries}`);
      },
    } as CertificateStore;
  },
};
await beginMove(
  { ports: { ...ports, certificateStores: stores }, subject: 'CONTOSO\\Administrator', progress: reach },
  plan!,
  { backup, wipesBackup: false, password: 'moving house' },
);
await world.close();
