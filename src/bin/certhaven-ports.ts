import { createHash } from 'node:crypto';
import type { CerthavenPorts } from '#cli/certhaven/context';
import type { Console } from '#cli/io/console';
import type { Home } from './home.ts';
import { lazyMachine } from './lazy-machine.ts';

export function certhavenPorts(home: Home, console: Console): CerthavenPorts {
  const machine = lazyMachine(home);
  return {
    console,
    machineName: home.machineName,
    version: async () => (await import('#ca/info')).PRODUCT_VERSION,
    homeDirectory: home.directory,
    directory: async () => (await machine()).directory(),
    caller: async () => (await machine()).caller(),
    installDomain: async (dnsName, netbiosName) => (await machine()).installDomain(dnsName, netbiosName),
    installAuthority: async (authority) => {
      const { installAuthority } = await import('./install-authority.ts');
      return installAuthority(await machine(), authority);
    },
    connect: async (config) => (await machine()).connect(config),
    configuration: async (config) => (await machine()).configuration(config),
    sha256: (data) => createHash('sha256').update(data).digest(),
    setAccount: async (accountName) => (await import('./account.ts')).setCurrentAccount(home, accountName),
    link: async (directory) => (await import('./launchers.ts')).writeLaunchers(directory),
  };
}
