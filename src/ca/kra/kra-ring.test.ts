import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Certificate } from '#pki/x509/certificate';
import { KraRing, type LoadedKra } from './kra-ring.ts';

function kras(count: number): LoadedKra[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    certificate: {} as Certificate,
    thumbprint: `${index}`,
  }));
}

test('with 4 agents and a count of 2, request n is sealed to s+2n and s+2n+1 mod 4', () => {
  for (const s of [0, 1, 2, 3]) {
    const ring = new KraRing(kras(4), 2, s + 4 * 1000);
    for (let n = 0; n < 10; n++) {
      assert.deepEqual(
        ring.take().map(({ index }) => index),
        [(s + 2 * n) % 4, (s + 2 * n + 1) % 4],
      );
    }
  }
});

test('with 3 agents and a count of 2 the ring wraps inside a request', () => {
  const ring = new KraRing(kras(3), 2, 2);
  assert.deepEqual(
    [ring.take(), ring.take(), ring.take()].map((taken) => taken.map(({ index }) => index)),
    [
      [2, 0],
      [1, 2],
      [0, 1],
    ],
  );
});

test('archival that is off, and too few valid agents, have codes of their own', () => {
  assert.throws(() => new KraRing(kras(2), 0, 0).take(), { symbol: 'CERTSRV_E_KEY_ARCHIVAL_NOT_CONFIGURED' });
  assert.throws(() => new KraRing(kras(1), 2, 0).take(), { symbol: 'CERTSRV_E_NO_VALID_KRA' });
  assert.throws(() => new KraRing([], 1, 7).take(), { symbol: 'CERTSRV_E_NO_VALID_KRA' });
});
