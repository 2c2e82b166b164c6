import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import type { HresultSymbol } from '#hresult/codes';
import { isHresult } from '#hresult/hresult-error';
import type { EcCurve } from '../crypto/engine.ts';
import { nodeEngine } from '../crypto/node/engine.ts';
import { ecPrivateKeyInfo, privateKeyKind } from '../crypto/private-key-info.ts';
import { curveBytes } from '../crypto/public-key.ts';
import {
  decodeBcryptEccBlob,
  decodeBcryptEccPublicKey,
  encodeBcryptEccBlob,
  encodeBcryptEccPublicBlob,
} from './bcrypt-ecc-blob.ts';
import { computePublicKey } from './public-key-match.ts';

const MAGICS: Record<EcCurve, readonly [ecdh: string, ecdsa: string, ecdhPublic: string]> = {
  'P-256': ['ECK2', 'ECS2', 'ECK1'],
  'P-384': ['ECK4', 'ECS4', 'ECK3'],
  'P-521': ['ECK6', 'ECS6', 'ECK5'],
};

function fieldsOf(pkcs8: Uint8Array): Buffer[] {
  const { x, y, d } = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }).export({
    format: 'jwk',
  });
  return [x, y, d].map((text) => Buffer.from(text!, 'base64url'));
}

function blobOf(magic: string, fields: readonly Buffer[]): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(fields[0]!.length);
  return new Uint8Array(Buffer.concat([Buffer.from(magic), length, ...fields]));
}

function throwsSymbol(symbol: HresultSymbol, run: () => unknown): void {
  assert.throws(run, (error) => isHresult(error, symbol), symbol);
}

for (const curve of ['P-256', 'P-384', 'P-521'] as const) {
  test(`${curve}: the layout of bcrypt.h, read in both orders of the octets`, async () => {
    const pkcs8 = await nodeEngine.generateKey({ type: 'ec', curve });
    const publicKey = computePublicKey(pkcs8);
    const fields = fieldsOf(pkcs8);
    const [ecdh, ecdsa, ecdhPublic] = MAGICS[curve];
    assert.deepEqual(encodeBcryptEccBlob(pkcs8, 'ECDH'), blobOf(ecdh, fields));
    assert.deepEqual(encodeBcryptEccBlob(pkcs8, 'ECDSA'), blobOf(ecdsa, fields));
    assert.deepEqual(encodeBcryptEccPublicBlob(publicKey, 'ECDH'), blobOf(ecdhPublic, fields.slice(0, 2)));
    assert.deepEqual(decodeBcryptEccPublicKey(blobOf(ecdhPublic, fields.slice(0, 2))), publicKey);
    const reversed = fields.map((field) => Buffer.from(field).reverse());
    for (const expected of [undefined, publicKey]) {
      for (const order of [fields, reversed]) {
        assert.deepEqual(decodeBcryptEccBlob(blobOf(ecdh, order), expected), { pkcs8, use: 'ECDH' });
        assert.deepEqual(decodeBcryptEccBlob(blobOf(ecdsa, order), expected), { pkcs8, use: 'ECDSA' });
        assert.deepEqual(decodeBcryptEccBlob(blobOf('ECKV', order), expected), { pkcs8, use: 'ECDH' });
        assert.deepEqual(decodeBcryptEccBlob(blobOf('ECDV', order), expected), { pkcs8, use: 'ECDSA' });
      }
    }
  });

  test(`${curve}: a key without its point gets it in the blob`, async () => {
    const pkcs8 = await nodeEngine.generateKey({ type: 'ec', curve });
    const key = privateKeyKind(pkcs8);
    assert.ok(key.type === 'ec');
    assert.deepEqual(encodeBcryptEccBlob(ecPrivateKeyInfo(curve, key.d), 'ECDH'), encodeBcryptEccBlob(pkcs8, 'ECDH'));
  });

  test(`${curve}: what does not belong together is refused`, async () => {
    const [one, other] = [
      await nodeEngine.generateKey({ type: 'ec', curve }),
      await nodeEngine.generateKey({ type: 'ec', curve }),
    ];
    const [x, y, d] = fieldsOf(one) as [Buffer, Buffer, Buffer];
    const [ecdh, , ecdhPublic] = MAGICS[curve];
    const blob = blobOf(ecdh, [x, y, d]);
    throwsSymbol('NTE_BAD_KEY', () => decodeBcryptEccBlob(blob, computePublicKey(other)));
    throwsSymbol('NTE_BAD_KEY', () => decodeBcryptEccBlob(blobOf(ecdh, [x, y, fieldsOf(other)[2]!])));
    throwsSymbol('NTE_BAD_KEY', () => decodeBcryptEccBlob(blobOf(ecdh, [x, y, Buffer.alloc(curveBytes(curve))])));
    throwsSymbol('NTE_BAD_KEY', () => decodeBcryptEccBlob(blobOf(ecdh, [x, x, d])));
    throwsSymbol('NTE_BAD_TYPE', () => decodeBcryptEccBlob(blobOf(ecdhPublic, [x, y])));
    throwsSymbol('NTE_BAD_DATA', () => decodeBcryptEccBlob(blob.subarray(0, blob.length - 1)));
    throwsSymbol('NTE_BAD_DATA', () => decodeBcryptEccBlob(Uint8Array.of(...blob, 0)));
    throwsSymbol('NTE_BAD_DATA', () => decodeBcryptEccBlob(blobOf(ecdh, [Buffer.alloc(20), Buffer.alloc(20), d])));
  });
}

test('an RSA key has no such blob, and an RSA key is not what is in one', async () => {
  const rsa = await nodeEngine.generateKey({ type: 'rsa', modulusLength: 1024 });
  const pkcs8 = await nodeEngine.generateKey({ type: 'ec', curve: 'P-256' });
  throwsSymbol('NTE_BAD_ALGID', () => encodeBcryptEccBlob(rsa, 'ECDH'));
  throwsSymbol('NTE_BAD_KEY', () => decodeBcryptEccBlob(encodeBcryptEccBlob(pkcs8, 'ECDH'), computePublicKey(rsa)));
});
