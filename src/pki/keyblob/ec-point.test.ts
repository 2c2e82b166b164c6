import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHresult } from '#hresult/hresult-error';
import { curveOrder } from '../crypto/curve-order.ts';
import type { EcCurve } from '../crypto/engine.ts';
import { nodeEngine } from '../crypto/node/engine.ts';
import { ecPrivateKeyInfo } from '../crypto/private-key-info.ts';
import { curveBytes, publicKeyKind } from '../crypto/public-key.ts';
import { isOnCurve, pointOfPrivateNumber } from './ec-point.ts';

const CURVES: readonly EcCurve[] = ['P-256', 'P-384', 'P-521'];

function small(curve: EcCurve, value: number): Uint8Array {
  const d = new Uint8Array(curveBytes(curve));
  d[d.length - 1] = value;
  return d;
}

function orderLess(curve: EcCurve, by: number): Uint8Array {
  const d = curveOrder(curve);
  d[d.length - 1]! -= by;
  return d;
}

async function pointByOpenssl(curve: EcCurve, d: Uint8Array): Promise<Uint8Array> {
  const key = await nodeEngine.importPrivateKey(ecPrivateKeyInfo(curve, d));
  const kind = publicKeyKind(key.publicKey);
  assert.ok(kind.type === 'ec');
  return kind.point;
}

for (const curve of CURVES) {
  test(`${curve}: the point of a private number is the one OpenSSL computes`, async () => {
    const edges = [small(curve, 1), small(curve, 2), small(curve, 3), orderLess(curve, 1), orderLess(curve, 2)];
    for (const d of edges) assert.deepEqual(pointOfPrivateNumber(curve, d), await pointByOpenssl(curve, d));
    const numbers = fc.uint8Array({ minLength: curveBytes(curve), maxLength: curveBytes(curve) });
    await fc.assert(
      fc.asyncProperty(numbers, async (d) => {
        // Below every order.
        d[0] = 0;
        d[d.length - 1]! |= 1;
        const point = pointOfPrivateNumber(curve, d);
        assert.deepEqual(point, await pointByOpenssl(curve, d));
        assert.ok(isOnCurve(curve, point));
      }),
      { seed: 7, numRuns: 20 },
    );
  });

  test(`${curve}: numbers out of range have no point`, () => {
    for (const d of [small(curve, 0), curveOrder(curve), small(curve, 1).fill(0xff), new Uint8Array(3).fill(1)]) {
      assert.throws(
        () => pointOfPrivateNumber(curve, d),
        (error) => isHresult(error, 'NTE_BAD_KEY'),
      );
    }
  });

  test(`${curve}: a point beside the curve is told`, () => {
    const point = pointOfPrivateNumber(curve, small(curve, 5));
    for (const at of [1, point.length - 1]) {
      const moved = point.slice();
      moved[at]! ^= 1;
      assert.equal(isOnCurve(curve, moved), false);
    }
    assert.equal(isOnCurve(curve, point.subarray(1)), false);
    assert.equal(isOnCurve(curve, Uint8Array.of(2, ...point.subarray(1))), false);
    assert.equal(isOnCurve(curve, new Uint8Array(point.length).fill(0xff, 1).fill(4, 0, 1)), false);
  });
}
