import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Certificate } from '#pki/x509/certificate';
import { KraRing, type LoadedKra } from './kra-ring.ts';

const NOW = new Date('2026-11-21T09:00:00Z');
const LATER = new Date('2029-01-01T00:00:00Z');

/** Agents whose certificates end in the years given. */
function kras(...ends: readonly number[]): LoadedKra[] {
  return ends.map((end, index) => {
    const validity = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date(`${end}-01-01T00:00:00Z`) };
    return { index, certificate: { tbsCertificate: { validity } } as Certificate, thumbprint: `${index}` };
  });
}

function taken(ring: KraRing, now = NOW): number[] {
  return ring.take(now).map(({ index }) => index);
}

test('with 4 agents and a count of 2, request n is sealed to s+2n and s+2n+1 mod 4', () => {
  for (const s of [0, 1, 2, 3]) {
    const ring = new KraRing(kras(2030, 2030, 2030, 2030), 2, s + 4 * 1000);
    for (let n = 0; n < 10; n++) assert.deepEqual(taken(ring), [(s + 2 * n) % 4, (s + 2 * n + 1) % 4]);
  }
});

test('with 3 agents and a count of 2 the ring wraps inside a request', () => {
  const ring = new KraRing(kras(2030, 2030, 2030), 2, 2);
  assert.deepEqual(
    [taken(ring), taken(ring), taken(ring)],
    [
      [2, 0],
      [1, 2],
      [0, 1],
    ],
  );
});

test('an agent that ended since the start is passed over, wherever the ring stands', () => {
  for (const s of [0, 1, 2, 3]) {
    const ring = new KraRing(kras(2030, 2028, 2030, 2030), 2, s);
    const seen = [taken(ring, LATER), taken(ring, LATER), taken(ring, LATER)].flat();
    assert.deepEqual([...seen].sort(), [0, 0, 2, 2, 3, 3]);
  }
  const short = new KraRing(kras(2030, 2028), 2, 0);
  assert.deepEqual(taken(short), [0, 1]);
  assert.throws(() => short.take(LATER), { symbol: 'CERTSRV_E_NO_VALID_KRA' });
  // A clock that was ahead by mistake does no lasting harm.
  assert.deepEqual(taken(short), [0, 1]);
});

test('archival that is off, and too few valid agents, have codes of their own', () => {
  assert.throws(() => new KraRing(kras(2030, 2030), 0, 0).take(NOW), {
    symbol: 'CERTSRV_E_KEY_ARCHIVAL_NOT_CONFIGURED',
  });
  assert.throws(() => new KraRing(kras(2030), 2, 0).take(NOW), { symbol: 'CERTSRV_E_NO_VALID_KRA' });
  assert.throws(() => new KraRing([], 1, 7).take(NOW), { symbol: 'CERTSRV_E_NO_VALID_KRA' });
});
