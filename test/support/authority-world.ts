/**
 * A whole small world around one authority: directory, stores, keys and database in a temporary folder or in memory, a
 * clock that stands still until it is told otherwise. Everything in it is the real thing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificationAuthority } from '#ca/api';
import { resealKey } from '#ca/archive/reseal-key';
import type { Authority } from '#ca/authority';
import { connect } from '#ca/connect';
import { publishBaseCrl } from '#ca/crl/publish-crl';
import { type Installation, installRootCa } from '#ca/install/install';
import { startAuthority, stopAuthority } from '#ca/install/start';
import type { AuthorityPorts, KeyArchiver } from '#ca/ports';
import { encodeTemplateAttributes } from '#ca/template/attributes';
import type { CertificateTemplate } from '#ca/template/certificate-template';
import { privateKeyFlag } from '#ca/template/flags';
import { newTemplateOid } from '#ca/template/template-oid';
import { readTemplate, templatesContainer } from '#ca/template/templates-in-directory';
import { duplicateTemplate, editTemplate, type TemplateChanges } from '#ca/template/versions';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import { openMemoryDatabase } from '#database/memory/memory-database';
import { openSqliteDatabase } from '#database/sqlite/open-sqlite-database';
import { type EmbeddedDirectory, openEmbeddedDirectory } from '#directory/embedded/open-embedded-directory';
import type { CryptoEngine } from '#pki/crypto/engine';
import { nodeEngine } from '#pki/crypto/node/engine';
import { parseName } from '#pki/x509/name-text';
import { openSoftwareProviders } from '#providers/software/open-software-providers';
import { createPublisher } from '#publish/publisher';
import { createRetriever } from '#publish/retriever';
import { machineStoresPort } from '../../src/bin/machine-stores.ts';
import { newKey, pkcs10, type RequesterKey } from './requester.ts';
import type { WorldService } from './world-service.ts';

export interface WorldOptions {
  readonly engine?: CryptoEngine;
  readonly installation?: Partial<Installation>;
  /** Keeps everything here, the database in SQLite; without it database and directory are in memory. */
  readonly folder?: string;
  /** As a service has it: the database is written in a thread of its own, keys are taken over in others. */
  readonly threads?: { readonly keyArchiver: KeyArchiver };
  /** Puts something between the authority and its ports, once it is installed. */
  readonly wrap?: (ports: AuthorityPorts) => AuthorityPorts;
}

const PEOPLE = ['alice', 'bob', 'kra1', 'kra2', 'kra3', 'kra4', 'officer'];

export class AuthorityWorld {
  readonly folder: string;
  readonly directory: EmbeddedDirectory;
  /** As the authority has them, wrapped. */
  ports: AuthorityPorts;
  authority!: Authority;
  #now = new Date('2026-11-21T09:00:00Z');
  readonly #isTemporary: boolean;
  #served: { readonly authority: Authority; readonly service: Promise<WorldService> } | undefined;

  private constructor(folder: string, isTemporary: boolean, ports: AuthorityPorts, directory: EmbeddedDirectory) {
    this.folder = folder;
    this.#isTemporary = isTemporary;
    this.ports = { ...ports, clock: { now: () => this.#now } };
    this.directory = directory;
  }

  static async create(options: WorldOptions = {}): Promise<AuthorityWorld> {
    const world = await AuthorityWorld.prepare(options);
    await world.install(options.installation);
    if (options.wrap) world.ports = options.wrap(world.ports);
    await world.start();
    await publishBaseCrl(world.authority, 'CONTOSO\\Administrator');
    return world;
  }

  /** The world that `create` left in a folder, as after a restart of the machine. */
  static async reopen(
    folder: string,
    options: Pick<WorldOptions, 'threads' | 'wrap'> & { readonly now?: Date } = {},
  ): Promise<AuthorityWorld> {
    const { now, wrap } = options;
    const directory = openEmbeddedDirectory({
      path: join(folder, 'directory.db'),
      threaded: options.threads !== undefined,
    });
    const world = new AuthorityWorld(folder, false, await portsOf(folder, directory, options, false), directory);
    if (wrap) world.ports = wrap(world.ports);
    if (now) world.now = now;
    try {
      await world.start();
    } catch (error) {
      await world.close();
      throw error;
    }
    return world;
  }

  /** People and machines, but no CA yet. */
  static async prepare(options: WorldOptions = {}): Promise<AuthorityWorld> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'certhaven-world-'));
    const directory = openEmbeddedDirectory({
      path: options.folder ? join(folder, 'directory.db') : ':memory:',
      threaded: options.folder !== undefined && options.threads !== undefined,
    });
    await directory.install('contoso.com', 'CONTOSO');
    for (const name of PEOPLE) await directory.addUser({ accountName: name, mail: `${name}@contoso.com` });
    await directory.addComputer({ dNSHostName: 'web01.contoso.com' });
    await directory.addComputer({ dNSHostName: 'dc01.contoso.com', isDomainController: true });
    await directory.addGroup({ accountName: 'KRAs' });
    for (const name of PEOPLE.filter((each) => each.startsWith('kra')))
      await directory.addMember('CONTOSO\\KRAs', `CONTOSO\\${name}`);
    const ports = await portsOf(folder, directory, options, true);
    return new AuthorityWorld(folder, options.folder === undefined, ports, directory);
  }

  async install(installation: Partial<Installation> = {}): Promise<void> {
    await installRootCa(this.ports, await this.principal('CONTOSO\\Administrator'), {
      caType: 'enterprise root',
      subject: parseName('CN=Contoso CA,O=Contoso'),
      validity: { unit: 'Years', count: 10 },
      provider: 'Microsoft Software Key Storage Provider',
      key: { algorithm: { type: 'rsa', modulusLength: 2048 } },
      hashAlgorithm: 'SHA256',
      serverName: 'ca01.contoso.com',
      description: '',
      certEnrollDirectory: join(this.folder, 'CertEnroll'),
      ...installation,
    });
  }

  get now(): Date {
    return this.#now;
  }

  /** Moves the clock, forwards or backwards. */
  set now(date: Date) {
    this.#now = date;
  }

  async start(): Promise<void> {
    this.authority = await startAuthority(this.ports, { announce: true });
  }

  async restart(): Promise<void> {
    await this.start();
  }

  async principal(account: string) {
    const [only] = await this.directory.findPrincipals(account);
    if (!only) throw new Error(`nobody is ${account}`);
    return only;
  }

  /** The certificates that the directory has of an account. */
  async publishedCertificates(account: string): Promise<readonly Uint8Array[]> {
    const { object } = await this.principal(account);
    const whole = await this.directory.object(object.distinguishedName);
    return (whole!.attributes.get('userCertificate') ?? []) as readonly Uint8Array[];
  }

  /**
   * The CA as `CONTOSO\name` sees it. With CERTHAVEN_TEST_TRANSPORT=https every call goes over the network, so that the tests
   * of the authority are the contract of its service too.
   */
  async as(name: string): Promise<CertificationAuthority> {
    const principal = await this.principal(`CONTOSO\\${name}`);
    if (process.env['CERTHAVEN_TEST_TRANSPORT'] !== 'https')
      return connect(this.authority, principal, { close: async () => undefined, shutdown: () => undefined });
    return (await this.#service()).as(principal.sid);
  }

  /** One for all who ask at once: what nobody closed would keep the process. */
  #service(): Promise<WorldService> {
    const { authority } = this;
    const earlier = this.#served;
    if (earlier?.authority === authority) return earlier.service;
    const start = async () => {
      await (await earlier?.service)?.close();
      const { serveWorld } = await import('./world-service.ts');
      return serveWorld(this);
    };
    const service = start();
    this.#served = { authority, service };
    return service;
  }

  /** A template that archives keys, made of EFS, which everybody in the domain may enroll for. */
  async publishArchivalTemplate(cn = 'ArchiveEFS'): Promise<void> {
    await this.addTemplate('EFS', cn, {
      privateKeyFlags:
        privateKeyFlag('CT_FLAG_REQUIRE_PRIVATE_KEY_ARCHIVAL') | privateKeyFlag('CT_FLAG_EXPORTABLE_KEY'),
    });
    await this.publish(cn);
  }

  /** A duplicate of a template with changes; not yet published. */
  async addTemplate(
    of: string,
    cn: string,
    changes: TemplateChanges = {},
    schemaVersion: 2 | 3 | 4 = 2,
  ): Promise<CertificateTemplate> {
    const original = (await readTemplate(this.directory, of))!;
    const forest = original.oid.split('.').slice(0, -2).join('.');
    const oid = newTemplateOid(forest, (length) => this.ports.engine.random(length));
    const copy = duplicateTemplate(original, { cn, displayName: cn, schemaVersion, oid });
    const template = Object.keys(changes).length > 0 ? editTemplate(copy, changes) : copy;
    await this.directory.put(`CN=${cn},${templatesContainer(this.directory)}`, encodeTemplateAttributes(template));
    return template;
  }

  async publish(...templates: string[]): Promise<void> {
    const admin = await this.as('Administrator');
    const before = (await admin.templates()).map(({ commonName }) => commonName);
    await admin.setTemplates([...before, ...templates]);
  }

  /** Makes each of these people a key recovery agent whose key every archived key may be sealed to. */
  async enrollAgents(names: readonly string[], used: number): Promise<Agent[]> {
    const { engine } = this.ports;
    const officer = await this.as('Administrator');
    await this.publish('KeyRecoveryAgent');
    const agents: Agent[] = [];
    for (const name of names) {
      await this.directory.addMember('CONTOSO\\Domain Admins', `CONTOSO\\${name}`);
      const key = await newKey(engine);
      const pending = await (await this.as(name)).submit({
        request: await pkcs10(engine, key),
        attributes: 'CertificateTemplate:KeyRecoveryAgent',
      });
      const { certificate, dispositionMessage } = await officer.resubmit(pending.requestId);
      await this.directory.removeMember('CONTOSO\\Domain Admins', `CONTOSO\\${name}`);
      if (!certificate) throw new Error(dispositionMessage);
      agents.push({ certificate, key });
    }
    await officer.setKeyRecoveryAgents(
      agents.map(({ certificate }) => certificate),
      used,
    );
    await this.restart();
    return agents;
  }

  /** Everything a refused operation must leave as it was, but for what `view` and the logs tell of it. */
  async state(): Promise<unknown> {
    const { database, directory, providers, stores } = this.ports;
    // Published signings are forgotten without anybody waiting for it.
    if ((await database.signings()).length > 0) await database.commit([]);
    const lists = ['My', 'Root', 'CA', 'KRA'] as const;
    return {
      rows: await collect(database.view({ table: 'Requests' })),
      crls: await collect(database.view({ table: 'CRLs' })),
      signings: await database.signings(),
      registry: await database.registry(),
      keys: await Promise.all(providers.all.map((provider) => provider.listContainers())),
      stores: await Promise.all(lists.map((list) => stores.list(list))),
      configuration: await directory.changeNumber(directory.configurationDN),
    };
  }

  /** Event ids of the application log, in order. */
  async eventIds(): Promise<number[]> {
    return (await collect(this.ports.database.events())).map(({ eventId }) => eventId);
  }

  async close(): Promise<void> {
    await (await this.#served?.service)?.close();
    // A world that was only prepared has no authority.
    if (this.authority as Authority | undefined) await stopAuthority(this.authority, { announce: false });
    else await this.ports.database.close();
    await this.directory.close();
    if (this.#isTemporary) rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Agent {
  readonly certificate: Uint8Array;
  readonly key: RequesterKey;
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function portsOf(
  folder: string,
  directory: EmbeddedDirectory,
  options: WorldOptions,
  create: boolean,
): Promise<AuthorityPorts> {
  const engine = options.engine ?? nodeEngine;
  const isOnDisk = options.folder !== undefined || !create;
  // Before the database, which whoever cannot open the keys would leave locked.
  const providers = await openSoftwareProviders({
    directory: join(folder, 'keys'),
    machineKeyset: true,
    machineGuid: '2b8a1f6e-5c4d-4e3f-9a7b-1c2d3e4f5a6b',
    engine,
  });
  return {
    engine,
    clock: { now: () => new Date() },
    providers,
    database: isOnDisk
      ? await openSqliteDatabase({ path: join(folder, 'ca.db'), create, threaded: options.threads !== undefined })
      : openMemoryDatabase(),
    directory,
    stores: machineStoresPort(openCertificateStores({ directory: join(folder, 'stores') })),
    publisher: createPublisher(directory),
    retriever: createRetriever(directory),
    keyArchiver: options.threads?.keyArchiver ?? { reseal: (job) => resealKey(job, engine) },
  };
}
