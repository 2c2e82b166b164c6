import type { CertutilPorts } from '#cli/certutil/context';
import type { Console } from '#cli/io/console';
import type { Home } from './home.ts';
import { lazyMachine } from './lazy-machine.ts';
import { programPath } from './program-path.ts';
import { storePorts } from './store-ports.ts';

export function certutilPorts(home: Home, console: Console): CertutilPorts {
  const machine = lazyMachine(home, console);
  return {
    console,
    machineName: home.machineName,
    command: () => [process.execPath, programPath(), 'certutil'],
    clock: { now: () => new Date() },
    directory: async () => (await machine()).directory(),
    ...storePorts(machine),
    authorities: async () => (await machine()).ownAuthorities(),
    connect: async (config) => (await machine()).connect(config),
    configuration: async (config) => (await machine()).configuration(config),
  };
}
