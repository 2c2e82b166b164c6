/** A CA for benchmarks: the world of the tests with its database on disk, and the two limits that it can be held against. */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { CertificationAuthority } from '#ca/api';
import type { Caller } from '#ca/authority';
import { connect } from '#ca/connect';
import type { KeyParameters } from '#pki/crypto/engine';
import { createNodeEngine } from '#pki/crypto/node/engine';
import { AuthorityWorld } from '#test/support/authority-world';
import { archiveThreads } from '../src/bin/archive-threads.ts';
import { type Contender, each, inFlight } from './measure.ts';

/** How many requests are under way at any time: as many as share a write to the disk on a busy day. */
export const WIDTH = Number(process.env['WIDTH'] ?? 128);

/** Enough that nobody's object in the directory grows long: most templates publish the certificate there. */
const PEOPLE = 200;

export interface BenchAuthority {
  readonly world: AuthorityWorld;
  /** Signatures of the CA's own key over bytes of a certificate's length, WIDTH at a time, on libuv's pool. */
  readonly signatures: Contender;
  /** One small row a commit, each on disk before the next, in a database of its own beside the CA's. */
  readonly commits: Contender;
  /** The CA as the next of many people sees it. */
  next(): CertificationAuthority;
  close(): Promise<void>;
}

export async function openBenchAuthority(algorithm: KeyParameters): Promise<BenchAuthority> {
  const engine = createNodeEngine({ threads: availableParallelism() });
  const keyArchiver = archiveThreads(availableParallelism());
  const folder = mkdtempSync(join(tmpdir(), 'certhaven-bench-'));
  const world = await AuthorityWorld.create({
    folder,
    engine,
    threads: { keyArchiver },
    installation: { key: { algorithm } },
  });
  const { key, scheme } = world.authority.current;
  const toBeSigned = world.ports.engine.random(1400);
  const raw = new DatabaseSync(join(folder, 'raw.db'));
  raw.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE "Rows" ("value" BLOB)');
  const insert = raw.prepare('INSERT INTO "Rows" VALUES (?)');
  const row = world.ports.engine.random(100);
  const people = await addPeople(world);
  let turn = 0;
  return {
    world,
    signatures: { name: "the CA's key alone", perform: inFlight(WIDTH, () => key.sign(scheme, toBeSigned)) },
    commits: { name: 'durable commits of the same disk, one row each', perform: each(() => insert.run(row)) },
    next: () => connect(world.authority, people[turn++ % people.length]!, { close: async () => undefined }),
    async close() {
      raw.close();
      await world.close();
      await keyArchiver.close();
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function addPeople(world: AuthorityWorld): Promise<readonly Caller[]> {
  const people: Caller[] = [];
  for (let n = 0; n < PEOPLE; n++) {
    people.push(await world.directory.addUser({ accountName: `user${n}`, mail: `user${n}@contoso.com` }));
  }
  return people;
}
