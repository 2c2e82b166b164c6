/** A service killed over and over at random moments, which the seed tells again. */
import assert from 'node:assert/strict';
import { setTimeout as after } from 'node:timers/promises';
import type { KilledService } from './killed-service.ts';

export interface KillRounds {
  readonly kills: number;
  readonly seed: number;
  /** After each restart that found nothing half-made. */
  readonly onRestart?: (round: number) => void;
}

/** Milliseconds: what a start takes, until the first answer, and of work after that. */
const START = 900;
const FIRST_CALLS = 400;
const LOAD = 200;

/**
 * One kill in five hits the service while it starts, one among its first calls, the others among the work after that. Each
 * start has to finish by itself what the kill before left.
 */
export async function killRounds(service: KilledService, { kills, seed, onRestart }: KillRounds): Promise<void> {
  const random = randomNumbers(seed);
  for (let round = 1; round <= kills; round++) {
    if (random() < 0.2) {
      service.spawn();
      await after(random() * START);
      await service.kill();
      continue;
    }
    await service.start();
    assert.equal(service.glance().halfMade, 0, `seed ${seed}, round ${round}: left half-made`);
    onRestart?.(round);
    const load = service.load();
    // What goes wrong in it is told below, once the service is gone.
    load.catch(() => undefined);
    if (random() < 0.25) await after(random() * FIRST_CALLS);
    else {
      await Promise.race([service.nextGiven(), load]);
      await after(random() * LOAD);
    }
    await service.kill();
    await load;
  }
  await service.start();
  assert.equal(service.glance().halfMade, 0, `seed ${seed}: left half-made`);
  await service.stop();
}

/** Mulberry32: numbers from 0 to below 1. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
