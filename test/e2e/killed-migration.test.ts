/** The process dies while the CA's keys are moved: the CA starts all the same, and the move goes on or is taken back. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isDone, readJournal } from '#migrate/journal';
import { type Move, resumeMove, undoMove } from '#migrate/migrate-keys';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { openPfx } from '#pki/pkcs12/open';
import { AuthorityWorld } from '#test/support/authority-world';
import { cspCa, keyState, migrationPorts, SOFTWARE_KSP, STRONG } from '#test/support/csp-ca';

const ROOT = join(import.meta.dirname, '../..');
const PASSWORD = 'moving house';
const folder = mkdtempSync(join(tmpdir(), 'certhaven-death-'));
const home = join(folder, 'home');
const kept = join(folder, 'kept');
const dead = join(folder, 'dead');
let now: Date;
let beforeMove: unknown;

before(async () => {
  const world = await cspCa({ folder: home });
  now = world.now;
  beforeMove = await keyState(world);
  await world.close();
  cpSync(home, kept, { recursive: true });
});
after(() => rmSync(folder, { recursive: true, force: true }));

function place(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
}

/** With the CA started, as whoever comes after the crash finds it. */
async function opened<T>(use: (world: AuthorityWorld, move: Move) => Promise<T>): Promise<T> {
  const world = await AuthorityWorld.reopen(home, { now });
  try {
    return await use(world, {
      ports: migrationPorts(world),
      subject: 'CONTOSO\\Administrator',
      progress: () => undefined,
    });
  } finally {
    await world.close();
  }
}

const POINTS = [
  'planned',
  'backed up, not written',
  'backed up',
  'copied Contoso CA',
  'copied Contoso CA(2)',
  'copied, not written',
  'copied',
  'entry 1',
  'entry 3',
  'switched, not written',
  'switched',
  'proved, not written',
  'proved',
  'cleaning, not written',
  'cleaning',
  'deleted Contoso CA',
  'deleted Contoso CA(2)',
  'cleaned',
];

for (const point of POINTS) {
  test(`killed at "${point}"`, async () => {
    place(kept, home);
    const { signal, stderr } = spawnSync(
      process.execPath,
      [join(ROOT, 'test/support/dying-migration.ts'), home, point, now.toISOString()],
      { cwd: ROOT, encoding: 'utf8' },
    );
    assert.equal(signal, 'SIGKILL', stderr);
    place(home, dead);
    await opened(async (world, move) => {
      assert.equal(world.authority.certificates.filter(({ key }) => key !== undefined).length, 3);
      const isPast = isDone((await readJournal(move.ports.places))!, 'cleaning');
      if (isPast) return assert.rejects(undoMove(move), { symbol: 'ERROR_NOT_SUPPORTED' });
      await undoMove(move);
      assert.deepEqual(await keyState(world), beforeMove);
      assert.equal(existsSync(join(home, 'backup', 'Contoso CA.p12')), false);
      assert.equal(existsSync(move.ports.places.journal), false);
    });
    place(dead, home);
    await opened(async (world, move) => {
      assert.deepEqual(await resumeMove(move, async () => PASSWORD), []);
      await world.restart();
      const { certificates } = world.authority;
      assert.deepEqual(
        certificates.map(({ key }) => [key!.provider, key!.container, key!.keySpec]),
        ['Contoso CA', 'Contoso CA(1)', 'Contoso CA(2)'].map((container) => [SOFTWARE_KSP, container, 0]),
      );
      const left = await world.ports.providers.byName(STRONG).listContainers();
      assert.deepEqual(
        left.filter((name) => !name.includes('-Xchg(')),
        [],
      );
      assert.equal(existsSync(move.ports.places.journal), false);
      const pfx = new Uint8Array(readFileSync(join(home, 'backup', 'Contoso CA.p12')));
      assert.equal((await openPfx(pfx, PASSWORD, engine)).keys.length, 3);
      await (await world.as('Administrator')).publishCrl();
    });
  });
}
