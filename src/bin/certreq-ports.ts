import { release } from 'node:os';
import type { CertreqPorts } from '#cli/certreq/context';
import type { Console } from '#cli/io/console';
import { createRetriever } from '#publish/retriever';
import type { Home } from './home.ts';
import { Machine } from './machine.ts';

export function certreqPorts(home: Home, console: Console): CertreqPorts {
  const machine = new Machine(home);
  return {
    console,
    clock: { now: () => new Date() },
    engine: async () => machine.engine,
    authorities: () => machine.authorities(),
    connect: (config) => machine.connect(config),
    stores: (ofMachine) => machine.stores(ofMachine),
    providers: (machineKeyset) => machine.providers(machineKeyset),
    retriever: async () => createRetriever(await machine.directory()),
    clientInfo: async () => ({
      machineName: home.machineName,
      userName: (await machine.caller()).accountName,
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
