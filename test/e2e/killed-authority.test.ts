/** Record before sign, held against processes that are killed: after a restart nothing is lost and nothing signed twice. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Signing } from '#ca/ports';
import { enrollmentFlag } from '#ca/template/flags';
import { openSqliteDatabase } from '#database/sqlite/open-sqlite-database';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate, decodeTbsCertificate } from '#pki/x509/certificate';
import { formatSerial } from '#pki/x509/serial-number';
import { type Agent, AuthorityWorld, collect } from '#test/support/authority-world';
import { archivalRequest, newKey, pkcs10, type RequesterKey } from '#test/support/requester';
import { assertRecovers, assertWhole } from '#test/support/whole-authority';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'certhaven-death-'));
let agents: Agent[];
let key: RequesterKey;
let exchange: Uint8Array;

before(async () => {
  const world = await AuthorityWorld.create({ folder });
  agents = await world.enrollAgents(['kra1'], 1);
  await world.publishArchivalTemplate();
  await world.addTemplate('EFS', 'Pended', { enrollmentFlags: enrollmentFlag('CT_FLAG_PEND_ALL_REQUESTS') });
  await world.publish('Pended');
  exchange = (await (await world.as('alice')).exchangeCertificate()).certificate;
  key = await newKey(engine);
  await world.close();
});
after(() => rmSync(folder, { recursive: true, force: true }));

function die(point: string, action: 'submit' | 'resubmit', argument: string): void {
  const { signal, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'test/support/dying-authority.ts'), folder, point, action, argument],
    { cwd: ROOT, encoding: 'utf8' },
  );
  assert.equal(signal, 'SIGKILL', stderr);
}

/** What the dead process left, before anybody starts the CA again. */
async function left(): Promise<{ signings: readonly Signing[]; last: number }> {
  const database = await openSqliteDatabase({ path: join(folder, 'ca.db'), create: false });
  const rows = await collect(database.view({ table: 'Requests', columns: ['Request.RequestID'] }));
  const signings = await database.signings();
  await database.close();
  return { signings, last: Number(rows.at(-1)!.get('Request.RequestID')) };
}

test('killed before anything was recorded: nothing of the request is there, and the next one is served', async () => {
  const { last } = await left();
  writeFileSync(join(folder, 'request'), await archivalRequest(engine, key, exchange, 'ArchiveEFS'));
  die('before commit 1', 'submit', join(folder, 'request'));
  assert.equal((await left()).last, last);
  const world = await AuthorityWorld.reopen(folder);
  await assertWhole(world.ports.database);
  await world.close();
});

for (const point of [
  'after commit 1',
  'before sign 1',
  'after sign 1',
  'before commit 2',
  'after commit 2',
  // Published, and the signing not forgotten.
  'before commit 3',
]) {
  test(`killed ${point}: issued after the restart, as it was recorded, with its archived key`, async () => {
    writeFileSync(join(folder, 'request'), await archivalRequest(engine, key, exchange, 'ArchiveEFS'));
    die(point, 'submit', join(folder, 'request'));
    const { signings, last } = await left();
    assert.deepEqual(
      signings.map(({ RequestID }) => RequestID),
      [last],
    );

    const world = await AuthorityWorld.reopen(folder);
    const outcome = await (await world.as('alice')).retrieve(last);
    assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
    assert.equal(outcome.dispositionMessage, 'Issued');
    const { tbsCertificate } = decodeCertificate(outcome.certificate!);
    const row = (await world.ports.database.certificate(last))!;
    assert.equal(row.SerialNumber, formatSerial(tbsCertificate.serialNumber));
    assert.deepEqual(tbsCertificate.raw, decodeTbsCertificate(signings[0]!.toBeSigned).raw);
    await assertRecovers(world.ports.database, last, agents[0]!, key);
    const { recipients } = await (await world.as('Administrator')).getArchivedKey(last);
    assert.equal(recipients.length, 1);
    // Where the template asks for it the certificate is in the directory too, once.
    const published = await world.publishedCertificates('CONTOSO\\alice');
    assert.equal(
      published.filter((value) => Buffer.compare(value as Uint8Array, outcome.certificate!) === 0).length,
      1,
    );
    await assertWhole(world.ports.database);
    await world.close();
  });
}

for (const point of ['before commit 1', 'after commit 1', 'after sign 1', 'after commit 2']) {
  test(`a resubmission killed ${point}`, async () => {
    const world = await AuthorityWorld.reopen(folder);
    const { requestId } = await (await world.as('alice')).submit({
      request: await pkcs10(engine, key),
      attributes: 'CertificateTemplate:Pended',
    });
    await world.close();
    die(point, 'resubmit', String(requestId));

    const again = await AuthorityWorld.reopen(folder);
    const officer = await again.as('Administrator');
    const outcome = await officer.retrieve(requestId);
    assert.equal(outcome.disposition, point === 'before commit 1' ? 'pending' : 'issued');
    const issued = outcome.disposition === 'pending' ? await officer.resubmit(requestId) : outcome;
    assert.equal(issued.dispositionMessage, 'Issued  Resubmitted by CONTOSO\\Administrator');
    await assertWhole(again.ports.database);
    await again.close();
  });
}
