import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { verifyAuditChain } from '#ca/audit/chain';
import { decodeEnvelopedData } from '#pki/cms/enveloped-data';
import { openData, recipientOf } from '#pki/cms/open';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { type Agent, AuthorityWorld, collect } from '#test/support/authority-world';
import { compareSnapshots, takeSnapshot } from '#test/support/errors-snapshot';
import { archivalRequest, newKey, type RequesterKey } from '#test/support/requester';
import { assertRecovers } from '#test/support/whole-authority';

const root = mkdtempSync(join(tmpdir(), 'certhaven-damage-'));
const original = join(root, 'original');
const DAMAGED = { symbol: 'ERROR_INVALID_DATA', hint: 'restore the database from a backup' };
let agent: Agent;
let key: RequesterKey;
/** Two requests with archived keys: the first is damaged, the second must not suffer. */
let first: number;
let second: number;

before(async () => {
  cpSync(mkdtempSync(join(root, 'empty-')), original, { recursive: true });
  const world = await AuthorityWorld.create({ folder: original });
  [agent] = (await world.enrollAgents(['kra1'], 1)) as [Agent];
  await world.publishArchivalTemplate();
  key = await newKey(engine);
  const alice = await world.as('alice');
  const { certificate } = await alice.exchangeCertificate();
  const submit = async () =>
    alice.submit({ request: await archivalRequest(engine, key, certificate, 'ArchiveEFS'), attributes: '' });
  first = (await submit()).requestId;
  second = (await submit()).requestId;
  await world.close();
});
after(() => rmSync(root, { recursive: true, force: true }));

/** A copy of the CA, damaged while nobody had it open. */
async function damaged(damage: (path: string) => void, run: (world: AuthorityWorld) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(root, 'copy-'));
  cpSync(original, folder, { recursive: true });
  damage(join(folder, 'ca.db'));
  const world = await AuthorityWorld.reopen(folder);
  try {
    await run(world);
  } finally {
    await world.close();
  }
}

function change(table: string, column: string, where: string, edit: (value: Uint8Array | string) => typeof value) {
  return (path: string) => {
    using database = new DatabaseSync(path);
    database.exec('DROP TRIGGER "Audit_update"');
    const { value } = database.prepare(`SELECT "${column}" AS value FROM "${table}" WHERE ${where}`).get()!;
    database.prepare(`UPDATE "${table}" SET "${column}" = ? WHERE ${where}`).run(edit(value as Uint8Array));
  };
}

const turnedBit = (from: (bytes: Uint8Array) => number) => (value: Uint8Array | string) => {
  const bytes = Uint8Array.from(value as Uint8Array);
  bytes[from(bytes)]! ^= 1;
  return bytes;
};

/** The row beside it is given out and recovers, and a new request is served. */
async function assertOthersServed(world: AuthorityWorld): Promise<void> {
  const officer = await world.as('Administrator');
  assert.equal((await officer.retrieve(second)).disposition, 'issued');
  assert.equal((await officer.getArchivedKey(second)).recipients.length, 1);
  await assertRecovers(world.ports.database, second, agent, key);
  const alice = await world.as('alice');
  const { certificate } = await alice.exchangeCertificate();
  const request = await archivalRequest(engine, key, certificate, 'ArchiveEFS');
  assert.equal((await alice.submit({ request, attributes: '' })).disposition, 'issued');
  await officer.publishCrl();
}

/** Refused, told by event 21, and nothing else changed by it. */
async function assertRefused(world: AuthorityWorld, run: () => Promise<unknown>): Promise<void> {
  const state = takeSnapshot(world.folder);
  const told = await collect(world.ports.database.events());
  await assert.rejects(run(), DAMAGED);
  const [event, ...more] = (await collect(world.ports.database.events())).slice(told.length);
  assert.deepEqual([event!.eventId, event!.variables[0], more], [21, String(first), []]);
  assert.match(event!.text, /is damaged\. 0x8007000d /);
  const changed = compareSnapshots(state, takeSnapshot(world.folder));
  assert.ok(
    changed.every(({ place, removed }) => /Events/.test(place) && removed.length === 0),
    JSON.stringify(changed),
  );
}

test('a byte of a certificate turned: 0x8007000d, and it leaves neither by -retrieve nor with its key', () =>
  damaged(
    change(
      'Certificates',
      'RawCertificate',
      `"RequestID" = ${first}`,
      turnedBit((bytes) => bytes.length >> 1),
    ),
    async (world) => {
      const officer = await world.as('Administrator');
      await assertRefused(world, () => officer.retrieve(first));
      await assertRefused(world, () => officer.getArchivedKey(first));
      await assertOthersServed(world);
    },
  ));

test('the frame of an archived key damaged: 0x8007000d, no BLOB is signed and none is on record as retrieved', () =>
  damaged(
    change(
      'Requests',
      'RawArchivedKey',
      `"RequestID" = ${first}`,
      turnedBit(() => 1),
    ),
    async (world) => {
      const officer = await world.as('Administrator');
      await assertRefused(world, () => officer.getArchivedKey(first));
      await assertRefused(world, () => officer.recoveryRecipients(first));
      assert.equal((await officer.retrieve(first)).disposition, 'issued');
      await assertOthersServed(world);
    },
  ));

test('the name of its agent damaged: 0x8007000d', () =>
  damaged(
    change(
      'Requests',
      'RawArchivedKey',
      `"RequestID" = ${first}`,
      // The serial number of the agent's certificate stands in the recipient's identifier.
      turnedBit((bytes) => {
        const { serialNumber } = decodeCertificate(agent.certificate).tbsCertificate;
        return Buffer.from(bytes).indexOf(serialNumber) + serialNumber.length - 1;
      }),
    ),
    async (world) => {
      await assertRefused(world, async () => (await world.as('Administrator')).getArchivedKey(first));
      await assertOthersServed(world);
    },
  ));

test('the ciphertext of an archived key damaged: the agent gets a code and no key', () =>
  damaged(
    change(
      'Requests',
      'RawArchivedKey',
      `"RequestID" = ${first}`,
      turnedBit((bytes) => bytes.length - 1),
    ),
    async (world) => {
      const { RawArchivedKey } = (await world.ports.database.request(first))!;
      const recipient = recipientOf(decodeCertificate(agent.certificate), agent.key.key);
      await assert.rejects(openData(decodeEnvelopedData(RawArchivedKey!), recipient, engine), {
        symbol: 'NTE_BAD_DATA',
      });
      await assertOthersServed(world);
    },
  ));

for (const [what, column, edit] of [
  ['the fields', 'fields', (value: string) => value.replace(/"\]\]$/, 'x"]]')],
  ['the account', 'subject', (value: string) => value.replace(/.$/, 'x')],
] as const) {
  test(`${what} of an audit record changed: the chain breaks there, and the CA goes on`, () =>
    damaged(
      change('Audit', column, '"index" = 5', (value) => edit(value as string)),
      async (world) => {
        const entries = await collect(world.ports.database.audit());
        const { broken } = await verifyAuditChain(entries, (data) => createHash('sha256').update(data).digest());
        assert.deepEqual(broken, { index: 5, fault: 'hash' });
        await assertOthersServed(world);
      },
    ));
}

test('an audit record that is no record any more: 0x8007000d', () =>
  damaged(
    change('Audit', 'fields', '"index" = 3', () => '[["RequestId'),
    async (world) => {
      await assert.rejects(collect(world.ports.database.audit()), {
        symbol: 'ERROR_INVALID_DATA',
        detail: 'Audit 3 is damaged.',
      });
      await assertOthersServed(world);
    },
  ));

test('a page of the file damaged: 0x8007000d for the row on it, the others are served', () =>
  damaged(
    (path) => {
      const { value, size } = (() => {
        using database = new DatabaseSync(path);
        const { value } = database
          .prepare('SELECT "RawRequest" AS value FROM "Requests" WHERE "RequestID" = ?')
          .get(first)!;
        const { page_size: size } = database.prepare('PRAGMA page_size').get()!;
        return { value: value as Uint8Array, size: size as number };
      })();
      // A row longer than a page goes on in pages of its own, each beginning with the number of the next.
      const file = readFileSync(path);
      const page = Math.floor(file.indexOf(value.subarray(-200)) / size);
      file.fill(0xff, page * size, page * size + 4);
      const overflow = file.indexOf(value.subarray(value.length >> 1, (value.length >> 1) + 64));
      file.fill(0xff, Math.floor(overflow / size) * size, Math.floor(overflow / size) * size + 4);
      writeFileSync(path, file);
    },
    async (world) => {
      const officer = await world.as('Administrator');
      await assert.rejects(officer.getArchivedKey(first), {
        symbol: 'ERROR_INVALID_DATA',
        hint: 'the file is damaged: restore it from a backup',
      });
      await assertOthersServed(world);
    },
  ));
