/** The composition root of one machine: adapters bound to the ports, each opened when it is first needed. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { CaConfiguration, CertificationAuthority } from '#ca/api';
import { resealKey } from '#ca/archive/reseal-key';
import { type Authority, type AuthorityPorts, configString } from '#ca/authority';
import { readConfiguration } from '#ca/config/configuration';
import { configurationCalls } from '#ca/config/configuration-calls';
import { sanitizeName } from '#ca/config/sanitized-name';
import { connect } from '#ca/connect';
import { recordStartFailure, startAuthority, stopAuthority } from '#ca/install/start';
import type { DirectoryPrincipal } from '#ca/ports';
import { isAdministrator, requirePrincipal } from '#ca/roles/principal';
import { enrollmentServicesContainer } from '#ca/template/templates-in-directory';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import type { CertificateStores } from '#certstore/ports/certificate-store';
import { readOnlyStores } from '#certstore/read-only-stores';
import { openSqliteDatabase } from '#database/sqlite/open-sqlite-database';
import { type EmbeddedDirectory, openEmbeddedDirectory } from '#directory/embedded/open-embedded-directory';
import { makePrivateDirectory } from '#files/durable-file';
import { hresult, isHresult } from '#hresult/hresult-error';
import type { KeyProviders } from '#pki/crypto/key-provider';
import { createNodeEngine, type NodeEngine } from '#pki/crypto/node/engine';
import { closedProviders } from '#providers/closed-providers';
import { machineGuid, readMachineGuid } from '#providers/machine-guid';
import { openSoftwareProviders } from '#providers/software/open-software-providers';
import { createPublisher } from '#publish/publisher';
import { createRetriever } from '#publish/retriever';
import { currentAccount } from './account.ts';
import { type ArchiveThreads, archiveThreads } from './archive-threads.ts';
import { type Home, paths } from './home.ts';
import { machineStoresPort } from './machine-stores.ts';

const ADMINISTRATORS_ONLY =
  'run it as an administrator (CERTHAVEN_USER), or with -user for keys and certificates of your own';

export interface MachineOptions {
  /** A service keeps private keys and the disk off the thread that serves; a command would only wait for threads to start. */
  readonly threaded?: boolean;
}

export class Machine {
  readonly home: Home;
  readonly engine: NodeEngine;
  readonly #archiver: ArchiveThreads | undefined;
  #directory: EmbeddedDirectory | undefined;
  #caller: Promise<DirectoryPrincipal> | undefined;

  constructor(home: Home, { threaded = false }: MachineOptions = {}) {
    this.home = home;
    const threads = threaded ? availableParallelism() : 0;
    this.engine = createNodeEngine({ threads });
    this.#archiver = threaded ? archiveThreads(threads) : undefined;
  }

  /** Throws ERROR_NO_SUCH_DOMAIN through its members where no domain was made yet; nothing is made for who asks. */
  async directory(): Promise<EmbeddedDirectory> {
    const path = paths.directory(this.home);
    this.#directory ??= openEmbeddedDirectory({ path: existsSync(path) ? path : ':memory:' });
    return this.#directory;
  }

  /** Makes the home and the domain in it. */
  async installDomain(dnsName: string, netbiosName: string): Promise<void> {
    await this.#directory?.close();
    await makePrivateDirectory(this.home.directory);
    this.#directory = openEmbeddedDirectory({ path: paths.directory(this.home) });
    await this.#directory.install(dnsName, netbiosName);
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

  /** The providers of the caller's key set, or of the machine's, which opens for its administrators only. */
  async providers(machineKeyset: boolean): Promise<KeyProviders> {
    if (!machineKeyset) return this.#openProviders(paths.userKeys(this.home, (await this.caller()).sid), false);
    const providers = await this.#machineProviders();
    const refused = await this.#refused();
    return refused === undefined ? providers : closedProviders(providers, refused, ADMINISTRATORS_ONLY);
  }

  /** The certificate stores of the caller, or of the machine, which its administrators alone change. */
  async stores(machine: boolean): Promise<CertificateStores> {
    const stores = this.#machineStores();
    if (!machine) {
      const { sid } = await this.caller();
      return openCertificateStores({ directory: paths.userStores(this.home, sid), machine: stores });
    }
    const refused = await this.#refused();
    return refused === undefined ? stores : readOnlyStores(stores, refused, ADMINISTRATORS_ONLY);
  }

  /** What keeps the caller from the keys and stores of the machine; undefined for its administrators, and for itself. */
  async #refused(): Promise<string | undefined> {
    try {
      const caller = await this.caller();
      if (isAdministrator(caller) || caller.kind === 'computer') return undefined;
      return `${caller.accountName} is no administrator of this machine.`;
    } catch (error) {
      // Without a domain nobody is signed in, and whoever reads the files is all there is.
      if (isHresult(error, 'ERROR_NO_SUCH_DOMAIN')) return undefined;
      if (isHresult(error, 'ERROR_NONE_MAPPED')) return error.detail;
      throw error;
    }
  }

  #machineProviders(): Promise<KeyProviders> {
    return this.#openProviders(paths.machineKeys(this.home), true);
  }

  #machineStores(): CertificateStores {
    return openCertificateStores({ directory: paths.machineStores(this.home) });
  }

  async #openProviders(directory: string, machineKeyset: boolean): Promise<KeyProviders> {
    const home = this.home.directory;
    const guid = (await readMachineGuid(home)) ?? (() => machineGuid(home));
    return openSoftwareProviders({ directory, machineKeyset, machineGuid: guid, engine: this.engine });
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
    return {
      engine: this.engine,
      clock: { now: () => new Date() },
      database: await openSqliteDatabase({ path, create, threaded: this.#archiver !== undefined }),
      keyArchiver: this.#archiver ?? { reseal: (job) => resealKey(job, this.engine) },
      directory,
      providers: await this.#machineProviders(),
      stores: machineStoresPort(this.#machineStores()),
      publisher: createPublisher(directory),
      retriever: createRetriever(directory),
    };
  }

  /**
   * This machine's CA as the caller sees it. `config` is `HOST\CA`, `-` or undefined for the one there is.
   * Throws RPC_S_SERVER_UNAVAILABLE for another machine's.
   */
  async connect(config: string | undefined): Promise<CertificationAuthority> {
    const caller = await this.caller();
    const ports = await this.authorityPorts();
    const authority = await start(ports);
    try {
      requireOwn(config, configString(authority));
    } catch (error) {
      await stopAuthority(authority, { announce: false });
      throw error;
    }
    return connect(authority, caller, () => stopAuthority(authority, { announce: false }));
  }

  /** The configuration of this machine's CA, whether it starts or not. Throws as `connect`. */
  async configuration(config: string | undefined): Promise<CaConfiguration> {
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

  async close(): Promise<void> {
    await this.#directory?.close();
    await this.#archiver?.close();
    await this.engine.close();
  }
}

/** Throws RPC_S_SERVER_UNAVAILABLE where -config names another CA than `own`. */
function requireOwn(config: string | undefined, own: string): void {
  if (config === undefined || config === '-' || config.toLowerCase() === own.toLowerCase()) return;
  throw hresult('RPC_S_SERVER_UNAVAILABLE', `${config} is not on this machine; ${own} is.`, {
    hint: `work on the machine of that CA, or leave -config out for ${own}`,
  });
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
