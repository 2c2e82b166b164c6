import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import type { DoctorPorts } from '#doctor/ports';
import type { AuthorityWorld } from './authority-world.ts';

/** A world as the doctor sees it, its CA at rest. */
export function doctorPorts({ ports, folder }: Pick<AuthorityWorld, 'ports' | 'folder'>): DoctorPorts {
  return {
    ...ports,
    certificateStores: openCertificateStores({ directory: join(folder, 'stores') }),
    places: {
      home: folder,
      private: [join(folder, 'keys')],
      published: join(folder, 'CertEnroll'),
      journal: join(folder, 'key-migration.json'),
    },
    isRunning: false,
  };
}

/** Every file and folder below `folder` with mode and content, the log of a database that is open aside. */
export function snapshot(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (/-(?:wal|shm)$/.test(entry.name)) continue;
    const content = entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
    found.set(path, `${statSync(path).mode.toString(8)} ${content}`);
  }
  return found;
}
