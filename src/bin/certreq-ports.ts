import { release } from 'node:os';
import type { CertreqPorts } from '#cli/certreq/context';
import type { Console } from '#cli/io/console';
import type { Home } from './home.ts';
import { lazyMachine } from './lazy-machine.ts';

export function certreqPorts(home: Home, console: Console): CertreqPorts {
  const machine = lazyMachine(home, console);
  return {
    console,
    clock: { now: () => new Date() },
    engine: async () => (await import('#pki/crypto/node/engine')).nodeEngine,
    authorities: async () => (await machine()).authorities(),
    connect: async (config) => (await machine()).connect(config),
    stores: async (ofMachine) => (await machine()).keys.stores(ofMachine),
    providers: async (machineKeyset, passwords) => (await machine()).keys.providers(machineKeyset, passwords),
    retriever: async () => (await machine()).retriever(),
    clientInfo: async () => ({
      machineName: home.machineName,
      userName: (await (await machine()).caller()).accountName,
      processName: 'certreq',
      osVersion: osVersion(),
    }),
  };
}

/** `major.minor.build.platform`; 2 is what Windows NT calls itself, and the only platform readers know. */
function osVersion(): string {
  const [major = '0', minor = '0', build = '0'] = release().match(/\d+/g) ?? [];
  return `${major}.${minor}.${build}.2`;
}
