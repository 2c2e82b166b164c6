/**
 * `npm run soak [-- KILLS [SEED]]`: the service is killed at random moments under load, 1,000 times where nothing else is
 * said; each time it has to start by itself, and nothing may be lost. A seed that is printed plays the same moments again.
 */
import { killRounds } from '../test/support/kill-rounds.ts';
import { KilledService } from '../test/support/killed-service.ts';

/** Everything is looked at this often; each restart is in any case. */
const WHOLE_EVERY = 100;

const [kills = 1000, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
if (!(Number.isInteger(kills) && kills > 0 && Number.isInteger(seed))) {
  console.error('usage: npm run soak [-- KILLS [SEED]]');
  process.exit(1);
}
console.log(`${kills} kills, seed ${seed}`);
const service = await KilledService.build();
try {
  for (let done = 0; done < kills; done += WHOLE_EVERY) {
    await killRounds(service, { kills: Math.min(WHOLE_EVERY, kills - done), seed: seed + done });
    const archived = await service.assertWhole();
    console.log(
      `${Math.min(done + WHOLE_EVERY, kills)} kills: ${archived} archived keys recover, ${service.given.length} certificates given out, nothing lost`,
    );
  }
} finally {
  await service.remove();
}
