/**
 * `full-disk.ts FOLDER`: in a small file system of its own, one operation of a CA after the other is played with ever a little
 * more room left, so that the disk is full once at each of its writes. After each failure there is room again and the CA goes
 * on. Prints one line an operation: its name, how often it was refused before it went through, the events that tell of it.
 */
import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { publishBaseCrl } from '#ca/crl/publish-crl';
import { HresultError } from '#hresult/hresult-error';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { AuthorityWorld } from './authority-world.ts';
import { archivalRequest, newKey } from './requester.ts';
import { assertRecovers, assertWhole } from './whole-authority.ts';

const PAGE = 4096;
const DISK_FULL = 0x80070070;

const [mount = ''] = process.argv.slice(2);
const folder = join(mount, 'world');
const ballast = join(mount, 'ballast');

/** Fills the file system until so many pages are left. */
function fill(pages: number): void {
  const { bavail, bsize } = statfsSync(mount);
  const file = openSync(ballast, 'w');
  writeSync(file, new Uint8Array(Math.max(0, bavail * bsize - pages * PAGE)));
  closeSync(file);
}

mkdirSync(folder);
let world = await AuthorityWorld.create({ folder });
const [agent] = await world.enrollAgents(['kra1'], 1);
await world.publishArchivalTemplate();
const key = await newKey(engine);
const archived: number[] = [];

/** True where the operation went through; what it throws must be a full disk. */
async function attempt(run: () => Promise<number>): Promise<boolean> {
  try {
    const statusCode = await run();
    assert.ok(statusCode === 0 || statusCode === DISK_FULL, statusCode.toString(16));
    return statusCode === 0;
  } catch (error) {
    assert.ok(error instanceof HresultError, String(error instanceof Error ? error.stack : error));
    assert.equal(error.hresult, DISK_FULL, error.message);
    return false;
  }
}

async function submit(): Promise<number> {
  const alice = await world.as('alice');
  const exchange = await alice.exchangeCertificate();
  const request = await archivalRequest(engine, key, exchange.certificate, 'ArchiveEFS');
  const { requestId, statusCode, certificate } = await alice.submit({ request, attributes: '' });
  assert.equal(statusCode === 0, certificate !== undefined);
  if (statusCode === 0) archived.push(requestId);
  return statusCode;
}

async function getKey(): Promise<number> {
  await (await world.as('Administrator')).getArchivedKey(archived.at(-1)!);
  return 0;
}

async function publishCrl(): Promise<number> {
  await publishBaseCrl(world.authority, 'CONTOSO\\Administrator');
  return 0;
}

async function newExchangeCertificate(): Promise<number> {
  world.now = new Date(world.now.getTime() + 8 * 86_400_000);
  await (await world.as('alice')).exchangeCertificate();
  return 0;
}

/** What a refused operation left is whole, and what comes next is served. */
async function goOn(): Promise<void> {
  await publishCrl();
  assert.equal(await submit(), 0);
  const now = world.now;
  await world.close();
  world = await AuthorityWorld.reopen(folder, { now });
  const issued = await assertWhole(world.ports.database);
  for (const requestId of archived.splice(0)) {
    assert.ok(issued.has(requestId));
    await assertRecovers(world.ports.database, requestId, agent!, key);
  }
}

await submit();
async function events(): Promise<number[]> {
  return (await world.eventIds()).filter((id) => id === 21 || id === 46);
}

for (const [name, run, step] of [
  ['submit', submit, 1],
  ['getkey', getKey, 1],
  ['crl', publishCrl, 2],
  ['xchg', newExchangeCertificate, 3],
] as const) {
  let refused = 0;
  const before = (await events()).length;
  for (let pages = 0, done = 0; done < 2; pages += step) {
    await submit();
    fill(pages);
    const told = (await events()).length;
    const isDone = await attempt(run);
    rmSync(ballast);
    await goOn();
    // What the directory could not take is told and no reason to refuse.
    if (!isDone) refused++;
    else if ((await events()).length === told) done++;
  }
  console.log(`${name} ${refused} ${(await events()).slice(before).join(' ')}`);
}
await world.close();
