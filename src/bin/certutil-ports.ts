import type { CertutilPorts } from '#cli/certutil/context';
import type { Console } from '#cli/io/console';
import type { Home } from './home.ts';
import { lazyMachine } from './lazy-machine.ts';
import { programPath } from './program-path.ts';

export function certutilPorts(home: Home, console: Console): CertutilPorts {
  const machine = lazyMachine(home, console);
  return {
    console,
    machineName: home.machineName,
    command: () => [process.execPath, programPath(), 'certutil'],
    clock: { now: () => new Date() },
    engine: async () => (await import('#pki/crypto/node/engine')).nodeEngine,
    directory: async () => (await machine()).directory(),
    stores: async (ofMachine) => (await machine()).stores(ofMachine),
    enterpriseStores: async () => (await machine()).enterpriseStores(),
    serviceStores: async () => (await machine()).serviceStores(),
    publishedStore: async (url, ofMachine) => (await machine()).publishedStore(url, ofMachine),
    retriever: async () => (await machine()).retriever(),
    providers: async (machineKeyset, passwords) => (await machine()).providers(machineKeyset, passwords),
    authorities: async () => (await machine()).ownAuthorities(),
    connect: async (config) => (await machine()).connect(config),
    configuration: async (config) => (await machine()).configuration(config),
  };
}
