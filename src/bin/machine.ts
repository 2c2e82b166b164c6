/** The composition root of one machine: adapters bound to the ports, each opened when it is first needed. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CertificationAuthority } from '#ca/api';
import { type Authority, type AuthorityPorts, configString } from '#ca/authority';
import { readConfiguration } from '#ca/config/configuration';
import { connect } from '#ca/connect';
import { recordStartFailure, startAuthority, stopAuthority } from '#ca/install/start';
import type { DirectoryPrincipal } from '#ca/ports';
import { requirePrincipal } from '#ca/roles/principal';
import { enrollmentServicesContainer } from '#ca/template/templates-in-directory';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import type { CertificateStores } from '#certstore/ports/certificate-store';
import { openSqliteDatabase } from '#database/sqlite/open-sqlite-database';
import { type EmbeddedDirectory, openEmbeddedDirectory } from '#directory/embedded/open-embedded-directory';
import { makePrivateDirectory } from '#files/durable-file';
import { hresult } from '#hresult/hresult-error';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { KeyProviders } from '#pki/crypto/key-provider';
import { nodeEngine } from '#pki/crypto/node/engine';
import { machineGuid } from '#providers/machine-guid';
import { openSoftwareProviders } from '#providers/software/open-software-providers';
import { createPublisher } from '#publish/publisher';
import { createRetriever } from '#publish/retriever';
import { currentAccount } from './account.ts';
import { type Home, paths } from './home.ts';
import { machineStoresPort } from './machine-stores.ts';

export class Machine {
  readonly home: Home;
  readonly engine: CryptoEngine = nodeEngine;
  #directory: EmbeddedDirectory | undefined;
  #caller: Promise<DirectoryPrincipal> | undefined;

  constructor(home: Home) {
    this.home = home;
  }

  /** Throws ERROR_NO_SUCH_DOMAIN through its members where no domain was made yet. */
  async directory(): Promise<EmbeddedDirectory> {
    if (this.#directory === undefined) {
      await makePrivateDirectory(this.home.directory);
      this.#directory = openEmbeddedDirectory({ path: paths.directory(this.home) });
    }
    return this.#directory;
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

  /** The providers of the machine's key set, or of the caller's. */
  async providers(machineKeyset: boolean): Promise<KeyProviders> {
    const directory = machineKeyset
      ? paths.machineKeys(this.home)
      : paths.userKeys(this.home, (await this.caller()).sid);
    return openSoftwareProviders({
      directory,
      machineKeyset,
      machineGuid: await machineGuid(this.home.directory),
      engine: this.engine,
    });
  }

  async stores(machine: boolean): Promise<CertificateStores> {
    const machineStores = openCertificateStores({ directory: paths.machineStores(this.home) });
    if (machine) return machineStores;
    const { sid } = await this.caller();
    return openCertificateStores({ directory: paths.userStores(this.home, sid), machine: machineStores });
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
      database: await openSqliteDatabase({ path, create }),
      directory,
      providers: await this.providers(true),
      stores: machineStoresPort(await this.stores(true)),
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
    const own = configString(authority);
    if (config === undefined || config === '-' || config.toLowerCase() === own.toLowerCase())
      return connect(authority, caller, () => stopAuthority(authority, { announce: false }));
    await stopAuthority(authority, { announce: false });
    throw hresult('RPC_S_SERVER_UNAVAILABLE', `${config} is not on this machine; ${own} is.`, {
      hint: `work on the machine of that CA, or leave -config out for ${own}`,
    });
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
