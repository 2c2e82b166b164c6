/** The composition root of one machine: adapters bound to the ports, each opened when it is first needed. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { CaConfiguration, CertificationAuthority } from '#ca/api';
import { resealKey } from '#ca/archive/reseal-key';
import { type Authority, configString } from '#ca/authority';
import { readConfiguration } from '#ca/config/configuration';
import { configurationCalls } from '#ca/config/configuration-calls';
import { sanitizeName } from '#ca/config/sanitized-name';
import { connect } from '#ca/connect';
import { closeKeys, startAuthority, stopAuthority } from '#ca/install/start';
import { recordStartFailure } from '#ca/install/start-failure';
import type { AuthorityPorts, DirectoryPrincipal, Retriever } from '#ca/ports';
import { renewCaCertificate } from '#ca/renew/renew';
import { requirePrincipal } from '#ca/roles/principal';
import { enrollmentServicesContainer } from '#ca/template/templates-in-directory';
import { openSqliteDatabase } from '#database/sqlite/open-sqlite-database';
import { requireDomainNames } from '#directory/domain-names';
import { type EmbeddedDirectory, openEmbeddedDirectory } from '#directory/embedded/open-embedded-directory';
import { isThere, makePrivateDirectory, removeFile } from '#files/durable-file';
import { type HresultError, hresult } from '#hresult/hresult-error';
import { requireNoJournal } from '#migrate/journal';
import { createNodeEngine, type NodeEngine } from '#pki/crypto/node/engine';
import type { AskPin } from '#providers/pkcs11/pin';
import { createPublisher } from '#publish/publisher';
import { createRetriever } from '#publish/retriever';
import type { ServiceClient } from '#wire/client/service-client';
import { currentAccount } from './account.ts';
import { type ArchiveThreads, archiveThreads } from './archive-threads.ts';
import { type Home, paths } from './home.ts';
import { KeyPlaces } from './key-places.ts';
import { machineStoresPort } from './machine-stores.ts';
import { remoteConfiguration, requireOwn, retrieverThroughService, runningAuthority } from './remote-authority.ts';
import { runningService } from './service-file.ts';

export interface MachineOptions {
  /** A service keeps private keys and the disk off the thread that serves; a command would only wait for threads to start. */
  readonly threaded?: boolean;
  /** Asks for the PIN of a token. */
  readonly askPin?: AskPin | undefined;
}

export class Machine {
  readonly home: Home;
  readonly engine: NodeEngine;
  /** Keys and certificate stores. */
  readonly keys: KeyPlaces;
  readonly #archiver: ArchiveThreads | undefined;
  #directory: EmbeddedDirectory | undefined;
  #caller: Promise<DirectoryPrincipal> | undefined;
  readonly #databaseEnd = Promise.withResolvers<HresultError>();

  constructor(home: Home, { threaded = false, askPin }: MachineOptions = {}) {
    this.home = home;
    const threads = threaded ? availableParallelism() : 0;
    this.engine = createNodeEngine({ threads });
    this.#archiver = threaded ? archiveThreads(threads) : undefined;
    this.keys = new KeyPlaces({
      home,
      engine: this.engine,
      caller: () => this.caller(),
      directory: () => this.directory(),
      askPin,
    });
  }

  /** Resolves should the thread that writes the CA's database end before its time: nothing can be recorded any more. */
  get databaseEnd(): Promise<HresultError> {
    return this.#databaseEnd.promise;
  }

  /** Throws ERROR_NO_SUCH_DOMAIN through its members where no domain was made yet; nothing is made for who asks. */
  async directory(): Promise<EmbeddedDirectory> {
    const path = paths.directory(this.home);
    if (this.#directory === undefined) {
      const isMade = await isThere(path);
      // Meanwhile somebody else may have opened it.
      this.#directory ??= openEmbeddedDirectory({ path: isMade ? path : ':memory:' });
    }
    return this.#directory;
  }

  /** Makes the home and the domain in it. */
  async installDomain(dnsName: string, netbiosName: string): Promise<void> {
    requireDomainNames(dnsName, netbiosName);
    await this.#directory?.close();
    await makePrivateDirectory(this.home.directory);
    this.#directory = openEmbeddedDirectory({ path: paths.directory(this.home) });
    await this.#directory.install(dnsName, netbiosName);
    // Without a domain there was nobody.
    this.#caller = undefined;
  }

  /** Takes back what `installDomain` made. */
  async removeDomain(): Promise<void> {
    await this.#directory?.close();
    this.#directory = undefined;
    this.#caller = undefined;
    const path = paths.directory(this.home);
    // What SQLite keeps beside its file goes first: without it the rest of a log would be taken for another's.
    for (const file of [`${path}-wal`, `${path}-shm`, path]) await removeFile(file);
  }

  administeredDirectory(): Promise<EmbeddedDirectory> {
    return this.directory();
  }

  /** Who runs the command. Throws ERROR_NONE_MAPPED for an account the directory does not know. */
  caller(): Promise<DirectoryPrincipal> {
    this.#caller ??= this.#findCaller();
    return this.#caller;
  }

  async #findCaller(): Promise<DirectoryPrincipal> {
    const directory = await this.directory();
    const account = await currentAccount(this.home, directory.domain.netbiosName);
    return requirePrincipal(directory, account);
  }

  /** The service that has this home's CA open, with the caller signed in; undefined where none runs. */
  async #running(): Promise<ServiceClient | undefined> {
    if (!existsSync(paths.database(this.home))) return undefined;
    return runningService(this.home, async () => (await this.caller()).sid);
  }

  /** Fetches CRLs and certificates; what this machine's service serves, from there. */
  async retriever(timeout?: number): Promise<Retriever> {
    const retriever = createRetriever(await this.directory(), timeout);
    return retrieverThroughService(retriever, this.home.machineName, () => this.#running());
  }

  /** `create` makes the database of a new CA. Throws ERROR_FILE_NOT_FOUND where this machine has no CA. */
  async authorityPorts(create = false): Promise<AuthorityPorts> {
    const path = paths.database(this.home);
    if (!create && !existsSync(path)) {
      throw hresult('ERROR_FILE_NOT_FOUND', 'There is no certification authority on this machine.', {
        hint: 'install one: certhaven install-ca --name "CN=My CA"',
      });
    }
    await makePrivateDirectory(dirname(path));
    const directory = await this.directory();
    // Before the database, which whoever cannot open the keys would leave locked.
    const providers = await this.keys.machineProviders();
    return {
      engine: this.engine,
      clock: { now: () => new Date() },
      database: await openSqliteDatabase({
        path,
        create,
        threaded: this.#archiver !== undefined,
        onWriterEnd: this.#databaseEnd.resolve,
      }),
      keyArchiver: this.#archiver ?? { reseal: (job) => resealKey(job, this.engine) },
      directory,
      providers,
      stores: machineStoresPort(this.keys.machineStores()),
      publisher: createPublisher(directory),
      retriever: createRetriever(directory),
      requireNoKeyMove: () => requireNoJournal({ journal: paths.keyMigration(this.home) }),
    };
  }

  /**
   * This machine's CA as the caller sees it. `config` is `HOST\CA`, `-` or undefined for the one there is.
   * Throws RPC_S_SERVER_UNAVAILABLE for another machine's.
   */
  async connect(config: string | undefined): Promise<CertificationAuthority> {
    const running = await this.#running();
    if (running) return runningAuthority(running, config);
    const caller = await this.caller();
    const ports = await this.authorityPorts();
    const authority = await start(ports);
    try {
      requireOwn(config, configString(authority));
    } catch (error) {
      await stopAuthority(authority, { announce: false });
      throw error;
    }
    return connect(authority, caller, { close: () => stopAuthority(authority, { announce: false }) });
  }

  /** The configuration of this machine's CA, whether it starts or not. Throws as `connect`. */
  async configuration(config: string | undefined): Promise<CaConfiguration> {
    const running = await this.#running();
    if (running) return remoteConfiguration(await runningAuthority(running, config));
    const caller = await this.caller();
    const ports = await this.authorityPorts();
    const { database } = ports;
    try {
      const values = await readConfiguration(database);
      const commonName = values.string('CommonName') ?? '';
      requireOwn(config, configString({ serverName: values.string('CAServerName') ?? '', commonName }));
      return {
        sanitizedName: sanitizeName(commonName),
        ...configurationCalls({ ports }, caller),
        renewCertificate: async (renewal) => {
          const renewed = await renewCaCertificate({ ports }, caller, renewal);
          // Its start publishes the certificate, and CRLs of each key.
          closeKeys(await startAuthority(ports, { announce: false }));
          return renewed;
        },
        close: () => database.close(),
      };
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  /** `HOST\\CA` of every CA of the directory; of this machine's stand-alone one where there is none. */
  async authorities(): Promise<readonly string[]> {
    const directory = await this.directory();
    const services = await directory.children(enrollmentServicesContainer(directory));
    const configs = services.map(
      ({ attributes }) => `${attributes.get('dNSHostName')?.[0]}\\${attributes.get('displayName')?.[0]}`,
    );
    if (configs.length > 0 || !existsSync(paths.database(this.home))) return configs;
    const running = await this.#running();
    if (running) return [(await running.known()).config];
    const { database } = await this.authorityPorts();
    try {
      const configuration = await readConfiguration(database);
      return [
        configString({
          serverName: configuration.required('CAServerName'),
          commonName: configuration.required('CommonName'),
        }),
      ];
    } finally {
      await database.close();
    }
  }

  /** What a command that names no CA means: the one of this machine. */
  async ownAuthorities(): Promise<readonly string[]> {
    return [];
  }

  async close(): Promise<void> {
    await this.#directory?.close();
    await this.#archiver?.close();
    await this.keys.close();
    await this.engine.close();
  }
}

async function start(ports: AuthorityPorts): Promise<Authority> {
  try {
    return await startAuthority(ports, { announce: false });
  } catch (error) {
    await recordStartFailure(ports, error);
    await ports.database.close();
    throw error;
  }
}
