/** A CA under a CSP with three keys, the first of whose certificates has ended, and what moves its keys. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import type { MigrationPorts } from '#migrate/ports';
import { AuthorityWorld, type WorldOptions } from './authority-world.ts';

export const STRONG = 'Microsoft Strong Cryptographic Provider';
export const SOFTWARE_KSP = 'Microsoft Software Key Storage Provider';

const YEAR = 365 * 86_400_000;

/** `ended` false: with one key, in its life. */
export async function cspCa(options: WorldOptions = {}, { ended = true } = {}): Promise<AuthorityWorld> {
  if (options.folder) mkdirSync(options.folder, { recursive: true });
  const world = await AuthorityWorld.create({
    ...options,
    installation: {
      provider: STRONG,
      hashAlgorithm: 'SHA1',
      validity: { unit: 'Years', count: 2 },
      key: { algorithm: { type: 'rsa', modulusLength: 1024 } },
      ...options.installation,
    },
  });
  // The exchange key under the same CSP, as a CA of its time has it.
  const admin = await world.as('Administrator');
  const set = (name: string, value: Parameters<typeof admin.setRegistry>[0]['value']) =>
    admin.setRegistry({ path: 'EncryptionCSP', name, value });
  await set('ProviderType', { type: 'REG_DWORD', data: 1 });
  await set('Provider', { type: 'REG_SZ', data: STRONG });
  await set('EncryptionAlgorithm', { type: 'REG_DWORD', data: 0x6603 });
  await set('KeySize', { type: 'REG_DWORD', data: 1024 });
  if (ended)
    for (const years of [1, 1.5]) {
      world.now = new Date(world.now.getTime() + years * YEAR);
      await (await world.as('Administrator')).renewCertificate({ reuseKey: false });
      await world.restart();
    }
  return world;
}

export function migrationPorts({ ports, folder }: Pick<AuthorityWorld, 'ports' | 'folder'>): MigrationPorts {
  const stores = join(folder, 'stores');
  return {
    ...ports,
    certificateStores: openCertificateStores({ directory: stores }),
    places: {
      home: folder,
      written: [folder, join(folder, 'keys'), stores],
      published: join(folder, 'CertEnroll'),
      journal: join(folder, 'key-migration.json'),
    },
  };
}

/** What a move that was taken back must have left as it was: keys, entries of My with their properties, settings. */
export async function keyState({ ports, folder }: Pick<AuthorityWorld, 'ports' | 'folder'>): Promise<unknown> {
  const { certificateStores } = migrationPorts({ ports, folder });
  const own = (name: string) => !name.includes('-Xchg(');
  return {
    keys: await Promise.all(
      ports.providers.all.map(async (provider) => ({
        provider: provider.name,
        keys: (await provider.listKeys())
          .filter(({ container }) => own(container))
          .map(({ container, keySpec, publicKey, exportable }) => ({ container, keySpec, publicKey, exportable })),
      })),
    ),
    entries: (await certificateStores.open('My').list())
      .filter(({ properties }) => own(properties.keyProvInfo?.container ?? ''))
      .map(({ thumbprint, properties }) => ({ thumbprint, properties })),
    settings: (await ports.database.registry())
      .filter(({ path }) => path === 'CSP' || path === 'EncryptionCSP')
      .sort((a, b) => (`${a.path}${a.name}` < `${b.path}${b.name}` ? -1 : 1)),
  };
}
