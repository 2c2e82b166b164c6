import { createHash } from 'node:crypto';
import type { CerthavenPorts } from '#cli/certhaven/context';
import type { Console } from '#cli/io/console';
import { hresult } from '#hresult/hresult-error';
import { type Home, paths } from './home.ts';
import { JoinedMachine } from './joined-machine.ts';
import { askPinAt, lazyMachine } from './lazy-machine.ts';
import type { Machine } from './machine.ts';
import { storePorts } from './store-ports.ts';

export function certhavenPorts(home: Home, console: Console): CerthavenPorts {
  const machine = lazyMachine(home, console);
  const stores = storePorts(machine);
  return {
    console,
    machineName: home.machineName,
    ...stores,
    version: async () => (await import('#ca/info')).PRODUCT_VERSION,
    homeDirectory: home.directory,
    directory: async () => (await machine()).administeredDirectory(),
    caller: async () => (await machine()).caller(),
    installDomain: async (dnsName, netbiosName) => ownMachine(await machine()).installDomain(dnsName, netbiosName),
    removeDomain: async () => ownMachine(await machine()).removeDomain(),
    installAuthority: async (authority) => {
      const { installAuthority } = await import('./install-authority.ts');
      return installAuthority(ownMachine(await machine()), authority);
    },
    connect: async (config) => (await machine()).connect(config),
    configuration: async (config) => (await machine()).configuration(config),
    keyMigration: async () => (await import('./key-migration.ts')).keyMigration(ownMachine(await machine())),
    examineFiles: async (files) => {
      const [{ examineFiles }, { PROVIDERS }] = await Promise.all([
        import('#doctor/artefacts/examine-files'),
        import('#providers/names'),
      ]);
      return examineFiles(files, { engine: await stores.engine(), now: new Date(), known: PROVIDERS });
    },
    examine: async (folders) => (await import('./doctor.ts')).examineMachine(ownMachine(await machine()), folders),
    serve: async (options) => {
      ownMachine(await machine());
      const [{ serve }, { Machine }] = await Promise.all([import('./serve.ts'), import('./machine.ts')]);
      return serve(new Machine(home, { threaded: true, askPin: askPinAt(console) }), options);
    },
    tokenProviders: async () => (await machine()).keys.tokenProviders(),
    stopRequest: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
      }),
    isJoined: async () => (await machine()) instanceof JoinedMachine,
    requireJoined: async () => {
      joinedMachine(await machine());
    },
    credentials: async () => {
      ownMachine(await machine());
      const { openCredentials } = await import('#directory/credentials/open-credentials');
      return openCredentials({ directory: paths.credentials(home), now: () => new Date() });
    },
    account: async () => joinedMachine(await machine()).account(),
    findAuthority: async (url) => (await import('./join.ts')).findAuthority(url),
    join: async (url, certificate) =>
      (await import('./join.ts')).joinAuthority(home, await machine(), url, certificate),
    namedAccount: async () => (await import('./account.ts')).namedAccount(home),
    signIn: async (config, account, password) => {
      const { signIn } = await import('./sign-in.ts');
      return signIn(joinedMachine(await machine()), config, account, password);
    },
    signInWithPfx: async (config, pfx, password) => {
      const { signInWithPfx } = await import('./sign-in.ts');
      return signInWithPfx(joinedMachine(await machine()), config, pfx, password);
    },
    signOut: async (config) => {
      const { signOut } = await import('./sign-in.ts');
      return signOut(joinedMachine(await machine()), config);
    },
    sha256: (data) => createHash('sha256').update(data).digest(),
    setAccount: async (accountName) => (await import('./account.ts')).setCurrentAccount(home, accountName),
    link: async (directory) => (await import('./launchers.ts')).writeLaunchers(directory),
  };
}

function ownMachine(machine: Machine | JoinedMachine): Machine {
  if (!(machine instanceof JoinedMachine)) return machine;
  throw hresult('ERROR_NOT_SUPPORTED', `This machine has joined ${machine.find(undefined).config}.`, {
    hint: 'run it on the machine of the CA, or set CERTHAVEN_HOME to another folder for a CA of its own',
  });
}

function joinedMachine(machine: Machine | JoinedMachine): JoinedMachine {
  if (machine instanceof JoinedMachine) return machine;
  throw hresult('ERROR_NOT_SUPPORTED', 'This machine has not joined the CA of another one.', {
    hint: 'certhaven join https://HOST:PORT; on the machine of a CA nobody signs in: CERTHAVEN_USER names the account',
  });
}
