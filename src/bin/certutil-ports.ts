import type { CertutilPorts } from '#cli/certutil/context';
import type { Console } from '#cli/io/console';
import type { Home } from './home.ts';
import { Machine } from './machine.ts';

export function certutilPorts(home: Home, console: Console): CertutilPorts {
  const machine = new Machine(home);
  return {
    console,
    machineName: home.machineName,
    clock: { now: () => new Date() },
    engine: async () => machine.engine,
    directory: () => machine.directory(),
    stores: (ofMachine) => machine.stores(ofMachine),
    providers: (machineKeyset) => machine.providers(machineKeyset),
    connect: (config) => machine.connect(config),
  };
}
