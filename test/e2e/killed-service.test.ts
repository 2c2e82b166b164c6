/** The service, a process of its own over HTTPS, killed with SIGKILL: at each step of an archival issuance, and at random. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { END_OF_WRITER, KILL_POINTS } from '#test/support/kill-points';
import { killRounds } from '#test/support/kill-rounds';
import { KilledService } from '#test/support/killed-service';

let service: KilledService;

before(async () => {
  service = await KilledService.build();
});
after(() => service.remove());

describe('the service is killed at each step of an archival issuance', () => {
  /** How many requests there were when a point was armed. */
  const counts: number[] = [];

  for (const point of KILL_POINTS) {
    test(`killed when it reached "${point}", it starts again by itself`, async () => {
      // This start finishes what the kill before left.
      await service.start(point);
      const { halfMade, last } = service.glance();
      assert.equal(halfMade, 0);
      counts.push(last);
      await service.arm();
      const [given] = await Promise.all([service.archive(), service.ended()]);
      // An answer may have left with the last breath, never before the certificate is recorded.
      if (given) assert.ok(['about to answer', 'answered'].includes(point), point);
    });
  }

  test('a request is there, issued and with its key, from the moment it is committed; before that there is nothing of it', async () => {
    await service.start();
    counts.push(service.glance().last);
    await service.stop();
    const isThere = KILL_POINTS.map((_, index) => counts[index + 1]! > counts[index]!);
    const committed = KILL_POINTS.indexOf('request committed, not told');
    assert.deepEqual(
      isThere,
      KILL_POINTS.map((_, index) => index >= committed),
    );
    assert.equal(await service.assertWhole(), isThere.filter(Boolean).length);
  });
});

test('killed at 100 random moments under load and while it starts, nothing is lost', async () => {
  const archived = await service.assertWhole();
  await killRounds(service, { kills: 100, seed: 20261125 });
  const { length } = service.given;
  assert.ok(length >= 60, `${length} certificates were given out`);
  assert.ok((await service.assertWhole()) >= archived + length);
});

test('asked to end under load, it answers everything it has begun', async () => {
  const archived = await service.assertWhole();
  const { length } = service.given;
  await service.start();
  const load = service.load();
  while (service.given.length < length + 10) await service.nextGiven();
  await service.stop();
  await load;
  assert.equal((await service.assertWhole()) - archived, service.given.length - length);
});

test('the thread that writes its database ends: the service says so and ends, and starts again by itself', async () => {
  const { length } = service.given;
  const archived = await service.assertWhole();
  await service.start(END_OF_WRITER);
  const load = service.load();
  await service.nextGiven();
  await service.arm();
  const { status, errors } = await service.gaveUp();
  await load;
  assert.equal(status, 0x07);
  assert.match(errors, /0x80010007/);
  assert.match(errors, /^hint: restart the CA: what was begun is finished when it starts$/m);
  await service.start();
  assert.equal(service.glance().halfMade, 0);
  assert.ok(await service.archive());
  await service.stop();
  assert.ok((await service.assertWhole()) - archived >= service.given.length - length);
});
