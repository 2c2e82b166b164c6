/**
 * A whole small world around one authority: directory, stores, keys and database in a temporary folder or in memory, a
 * clock that stands still until it is told otherwise. Everything in it is the real thing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificationAuthority } from '#ca/api';
import type { Authority, AuthorityPorts } from '#ca/authority';
import { connect } from '#ca/connect';
import { publishBaseCrl } from '#ca/crl/publish-crl';
import { type Installation, installRootCa } from '#ca/install/install';
import { startAuthority, stopAuthority } from '#ca/install/start';
import type { CaDatabase } from '#ca/ports';
import { encodeTemplateAttributes } from '#ca/template/attributes';
import { privateKeyFlag } from '#ca/template/flags';
import { newTemplateOid } from '#ca/template/template-oid';
import { readTemplate, templatesContainer } from '#ca/template/templates-in-directory';
import { duplicateTemplate, editTemplate } from '#ca/template/versions';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import { openMemoryDatabase } from '#database/memory/memory-database';
import { type EmbeddedDirectory, openEmbeddedDirectory } from '#directory/embedded/open-embedded-directory';
import type { CryptoEngine } from '#pki/crypto/engine';
import { nodeEngine } from '#pki/crypto/node/engine';
import { parseName } from '#pki/x509/name-text';
import { openSoftwareProviders } from '#providers/software/open-software-providers';
import { createPublisher } from '#publish/publisher';
import { createRetriever } from '#publish/retriever';
import { machineStoresPort } from '../../src/bin/machine-stores.ts';

export interface WorldOptions {
  readonly engine?: CryptoEngine;
  readonly database?: CaDatabase;
  readonly installation?: Partial<Installation>;
}

export class AuthorityWorld {
  readonly folder: string;
  readonly ports: AuthorityPorts;
  readonly directory: EmbeddedDirectory;
  authority!: Authority;
  #now: Date;

  private constructor(folder: string, ports: AuthorityPorts, directory: EmbeddedDirectory, now: Date) {
    this.folder = folder;
    this.ports = { ...ports, clock: { now: () => this.#now } };
    this.directory = directory;
    this.#now = now;
  }

  static async create(options: WorldOptions = {}): Promise<AuthorityWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'certhaven-world-'));
    const directory = openEmbeddedDirectory({ path: ':memory:' });
    await directory.install('contoso.com', 'CONTOSO');
    for (const name of ['alice', 'bob', 'kra1', 'kra2', 'kra3', 'kra4', 'officer']) {
      await directory.addUser({ accountName: name, mail: `${name}@contoso.com` });
    }
    await directory.addGroup({ accountName: 'KRAs' });
    for (const name of ['kra1', 'kra2', 'kra3', 'kra4']) await directory.addMember('CONTOSO\\KRAs', `CONTOSO\\${name}`);
    const engine = options.engine ?? nodeEngine;
    const ports: AuthorityPorts = {
      engine,
      clock: { now: () => new Date() },
      database: options.database ?? openMemoryDatabase(),
      directory,
      providers: await openSoftwareProviders({
        directory: join(folder, 'keys'),
        machineKeyset: true,
        machineGuid: '2b8a1f6e-5c4d-4e3f-9a7b-1c2d3e4f5a6b',
        engine,
      }),
      stores: machineStoresPort(openCertificateStores({ directory: join(folder, 'stores') })),
      publisher: createPublisher(directory),
      retriever: createRetriever(directory),
    };
    const world = new AuthorityWorld(folder, ports, directory, new Date('2026-11-21T09:00:00Z'));
    await installRootCa(world.ports, await world.principal('CONTOSO\\Administrator'), {
      caType: 'enterprise root',
      subject: parseName('CN=Contoso CA,O=Contoso'),
      validity: { unit: 'Years', count: 10 },
      provider: 'Microsoft Software Key Storage Provider',
      algorithm: { type: 'rsa', modulusLength: 2048 },
      hashAlgorithm: 'SHA256',
      serverName: 'ca01.contoso.com',
      description: '',
      certEnrollDirectory: join(folder, 'CertEnroll'),
      ...options.installation,
    });
    await world.start();
    await publishBaseCrl(world.authority, 'CONTOSO\\Administrator');
    return world;
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

  /** The CA as `CONTOSO\name` sees it. */
  async as(name: string): Promise<CertificationAuthority> {
    return connect(this.authority, await this.principal(`CONTOSO\\${name}`), async () => undefined);
  }

  /** A template that archives keys, made of EFS, which everybody in the domain may enroll for. */
  async publishArchivalTemplate(cn = 'ArchiveEFS'): Promise<void> {
    const efs = (await readTemplate(this.directory, 'EFS'))!;
    const forest = efs.oid.split('.').slice(0, -2).join('.');
    const copy = duplicateTemplate(efs, {
      cn,
      displayName: cn,
      schemaVersion: 2,
      oid: newTemplateOid(forest, (length) => this.ports.engine.random(length)),
    });
    const archiving = editTemplate(copy, {
      privateKeyFlags: copy.privateKeyFlags | privateKeyFlag('CT_FLAG_REQUIRE_PRIVATE_KEY_ARCHIVAL'),
    });
    await this.directory.put(`CN=${cn},${templatesContainer(this.directory)}`, encodeTemplateAttributes(archiving));
    await this.publish(cn);
  }

  async publish(...templates: string[]): Promise<void> {
    const admin = await this.as('Administrator');
    const before = (await admin.templates()).map(({ commonName }) => commonName);
    await admin.setTemplates([...before, ...templates]);
  }

  async close(): Promise<void> {
    await stopAuthority(this.authority, { announce: false });
    await this.directory.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
