/** A home with a CA that archives keys, its service as a process of its own, and clients of it: for tests that kill it. */
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { CertificationAuthority } from '#ca/api';
import { DB_DISP } from '#ca/schema/dispositions';
import { openSqliteDatabase } from '#database/sqlite/open-sqlite-database';
import type { HresultSymbol } from '#hresult/codes';
import { HresultError } from '#hresult/hresult-error';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { formatSerial } from '#pki/x509/serial-number';
import { remoteAuthority } from '#wire/client/remote-calls';
import { ServiceClient } from '#wire/client/service-client';
import { localCredentials } from '#wire/server/local-scheme';
import type { RunningService } from '../../src/bin/service-file.ts';
import { type Agent, collect } from './authority-world.ts';
import { archivalRequest, newKey, pkcs10, type RequesterKey } from './requester.ts';
import { assertRecovers, assertWhole } from './whole-authority.ts';

/** The sources: kill points are set in their modules. */
const PROGRAM = join(import.meta.dirname, '../../src/bin/certhaven.ts');
const KILL_POINTS = join(import.meta.dirname, 'kill-points.ts');
const TEMPLATE = 'Mail';

/** What a client was given: it must be in the database ever after. */
export interface Given {
  readonly requestId: number;
  readonly certificate: Uint8Array;
}

export class KilledService {
  readonly #folder = mkdtempSync(join(tmpdir(), 'certhaven-killed-'));
  #child: ChildProcessWithoutNullStreams | undefined;
  #lines: AsyncIterator<string> | undefined;
  #errors = '';
  #agent!: Agent;
  #key!: RequesterKey;
  #exchange!: Uint8Array;
  /** Whose keys a manager got, as often as he got them; whose certificates he asked to revoke, and was told are revoked. */
  readonly #retrieved: number[] = [];
  readonly #asked = new Set<number>();
  readonly #revoked: number[] = [];
  #toldGiven: (() => void) | undefined;
  readonly #clients: CertificationAuthority[] = [];
  /** Everything that any client ever got. */
  readonly given: Given[] = [];

  static async build(): Promise<KilledService> {
    const service = new KilledService();
    try {
      await service.#install();
      return service;
    } catch (error) {
      await service.remove();
      throw error;
    }
  }

  async #install(): Promise<void> {
    this.#run('install-ca', '--name', 'CN=Contoso CA,O=Contoso', '--domain', 'contoso.com', '--key', 'RSA:2048');
    for (const name of ['alice', 'kra1']) this.#run('add-user', name, '--mail', `${name}@contoso.com`);
    this.#run('template', 'permit', 'KeyRecoveryAgent', 'CONTOSO\\kra1', 'read', 'enroll');
    this.#run('template', 'duplicate', 'EFS', TEMPLATE, '--archive-key');
    this.#run('certutil', '-SetCATemplates', `+KeyRecoveryAgent,${TEMPLATE}`);
    this.#key = await newKey(engine);
    await this.start();
    const key = await newKey(engine);
    const [kra1, admin] = [this.as('kra1'), this.as('Administrator')];
    const { requestId } = await kra1.submit({
      request: await pkcs10(engine, key),
      attributes: 'CertificateTemplate:KeyRecoveryAgent',
    });
    const { certificate } = await admin.resubmit(requestId);
    this.#agent = { certificate: certificate!, key };
    await admin.setKeyRecoveryAgents([certificate!], 1);
    await this.stop();
  }

  get #environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      CERTHAVEN_HOME: join(this.#folder, 'home'),
      CERTHAVEN_MACHINE: 'ca01.contoso.com',
      CERTHAVEN_USER: '',
    };
  }

  #run(...words: readonly string[]): void {
    execFileSync(process.execPath, [PROGRAM, ...words], { env: this.#environment, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Begins the service; it listens once this resolves. `killAt` is one of KILL_POINTS. */
  async start(killAt?: string): Promise<void> {
    this.spawn(killAt);
    await this.#line(/ listens at /);
    this.#exchange = (await this.as('alice').exchangeCertificate()).certificate;
  }

  /** The process alone, which has yet to start the CA. */
  spawn(killAt?: string): void {
    const child = spawn(
      process.execPath,
      [
        ...(killAt === undefined ? [] : ['--import', KILL_POINTS]),
        PROGRAM,
        ...['serve', '--listen', '127.0.0.1:0', '--http', 'off'],
      ],
      { env: { ...this.#environment, ...(killAt === undefined ? {} : { KILL_AT: killAt }) } },
    );
    this.#errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    this.#child = child;
    this.#lines = linesOf(child);
  }

  async #line(pattern: RegExp): Promise<void> {
    const { value, done } = await this.#lines!.next();
    assert.ok(!done && pattern.test(value), `the service said ${value}\n${this.#errors}`);
  }

  /** From now on the point the service was started with is deadly. */
  async arm(): Promise<void> {
    this.#child!.kill('SIGUSR2');
    await this.#line(/^armed$/);
  }

  kill(): Promise<void> {
    this.#child!.kill('SIGKILL');
    return this.ended();
  }

  /** Resolves once the process was killed, by us or by itself. */
  async ended(): Promise<void> {
    assert.equal(await this.#end(), 'SIGKILL', this.#errors);
  }

  /** Resolves once it ended by itself, with what it ended with and what it said. */
  async gaveUp(): Promise<{ readonly status: number | string | null; readonly errors: string }> {
    const status = await this.#end();
    return { status, errors: this.#errors };
  }

  /** Asks it to end, as a service manager does. */
  async stop(): Promise<void> {
    this.#child!.kill('SIGTERM');
    assert.equal(await this.#end(), 0, this.#errors);
  }

  async #end(): Promise<number | string | null> {
    const child = this.#child!;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    this.#child = undefined;
    for (const client of this.#clients.splice(0)) void client.close();
    return child.signalCode ?? child.exitCode;
  }

  as(name: string): CertificationAuthority {
    const path = join(this.#folder, 'home/service.json');
    const { url, trust, serverName, secret } = JSON.parse(readFileSync(path, 'utf8')) as RunningService;
    const authorization = `Local ${localCredentials(Buffer.from(secret, 'base64url'), `CONTOSO\\${name}`)}`;
    const client = new ServiceClient({ url, trust, serverName, authorization });
    const authority = remoteAuthority(client, 'ca01.contoso.com\\Contoso CA');
    this.#clients.push(authority);
    return authority;
  }

  /** Alice archives a key; undefined where the service died before she had her answer. */
  async archive(alice = this.as('alice')): Promise<Given | undefined> {
    const request = await archivalRequest(engine, this.#key, this.#exchange, TEMPLATE);
    const answer = await answered(alice.submit({ request, attributes: '' }));
    if (answer === undefined) return undefined;
    const { requestId, certificate, dispositionMessage } = answer;
    assert.ok(certificate, dispositionMessage);
    const given = { requestId, certificate };
    this.given.push(given);
    this.#toldGiven?.();
    return given;
  }

  /** Resolves once a client has a further certificate. */
  nextGiven(): Promise<void> {
    return new Promise((resolve) => {
      this.#toldGiven = resolve;
    });
  }

  /** Several people archive keys, one after the other, and the administrator works beside them, until the service is gone. */
  async load(): Promise<void> {
    const work = async (run: () => Promise<unknown>) => {
      while ((await run()) !== undefined);
    };
    const admin = this.as('Administrator');
    const manage = async () => {
      const last = this.given.at(-1);
      if (last) {
        if ((await answered(admin.getArchivedKey(last.requestId))) === undefined) return undefined;
        this.#retrieved.push(last.requestId);
        // Asked once each: what was cut off may have been done.
        if (!this.#asked.has(last.requestId)) {
          this.#asked.add(last.requestId);
          const serial = formatSerial(decodeCertificate(last.certificate).tbsCertificate.serialNumber);
          if ((await answered(admin.revoke([serial], 5).then(() => true))) === undefined) return undefined;
          this.#revoked.push(last.requestId);
        }
      }
      return answered(admin.publishCrl().then(() => true));
    };
    const people = Array.from({ length: 3 }, () => this.as('alice'));
    await Promise.all([...people.map((alice) => work(() => this.archive(alice))), work(manage)]);
  }

  /** What the service has in its files while it runs: requests half-made, the number of the last request. */
  glance(): { readonly halfMade: number; readonly last: number } {
    using database = new DatabaseSync(join(this.#folder, 'home/ca/ca.db'), { readOnly: true });
    const count = (sql: string) => Number(database.prepare(sql).get()!['n']);
    return {
      halfMade:
        count('SELECT count(*) AS n FROM "Signings"') +
        count(`SELECT count(*) AS n FROM "Requests" WHERE "Disposition" = ${DB_DISP.ACTIVE}`),
      last: count('SELECT max("RequestID") AS n FROM "Requests"'),
    };
  }

  /**
   * The CA is stopped and everything looked at: whole; what any client holds is what it has, what was revoked is, each key
   * that was given out is on record; each archived key recovers with its agent and is the one that was sent. Answers how many certificates came of alice's requests.
   */
  async assertWhole(): Promise<number> {
    const database = await openSqliteDatabase({ path: join(this.#folder, 'home/ca/ca.db'), create: false });
    try {
      const issued = await assertWhole(database);
      for (const { requestId, certificate } of this.given) {
        const recorded = issued.get(requestId);
        assert.ok(recorded, `request ${requestId} was answered and is not issued`);
        assert.ok(Buffer.from(recorded.raw).equals(certificate), `request ${requestId} has another certificate`);
      }
      for (const requestId of this.#revoked)
        assert.equal((await database.request(requestId))!.Disposition, DB_DISP.REVOKED, `request ${requestId}`);
      const retrievals = (await collect(database.audit())).filter(({ record }) => record.eventId === 4883);
      assert.ok(retrievals.length >= this.#retrieved.length);
      let archived = 0;
      for (const [requestId, { tbsCertificate }] of issued) {
        // All of hers are for one key, and nobody else's are.
        if (!Buffer.from(tbsCertificate.subjectPublicKeyInfo.raw).equals(this.#key.key.publicKey)) continue;
        await assertRecovers(database, requestId, this.#agent, this.#key);
        archived++;
      }
      return archived;
    } finally {
      await database.close();
    }
  }

  async remove(): Promise<void> {
    this.#child?.kill('SIGKILL');
    if (this.#child) await this.#end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Undefined where the service was gone before its answer. */
async function answered<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof HresultError && CUT_OFF.includes(error.symbol)) return undefined;
    throw error;
  }
}

const CUT_OFF: readonly HresultSymbol[] = [
  'RPC_S_CALL_FAILED',
  'RPC_S_SERVER_UNAVAILABLE',
  'RPC_E_SERVER_DIED',
  'RPC_E_SERVER_DIED_DNE',
];

async function* linesOf(child: ChildProcessWithoutNullStreams): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
}
