import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { nodeEngine } from '../crypto/node/engine.ts';
import { readPrivateKeyFile } from './private-key-file.ts';
import { computePublicKey } from './public-key-match.ts';

const keys = [
  [await nodeEngine.generateKey({ type: 'rsa', modulusLength: 1024 }), 'pkcs1'],
  [await nodeEngine.generateKey({ type: 'ec', curve: 'P-256' }), 'sec1'],
] as const;

for (const [pkcs8, old] of keys) {
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  for (const type of ['pkcs8', old] as const) {
    for (const format of ['pem', 'der'] as const) {
      test(`a key of ${old} as ${type} in ${format}`, () => {
        const file = new Uint8Array(Buffer.from(key.export({ type: type as 'pkcs8', format: format as 'der' })));
        const before = file.slice();
        assert.deepEqual(computePublicKey(readPrivateKeyFile(file)), computePublicKey(pkcs8));
        assert.deepEqual(file, before);
      });
    }
  }
}

test('what stands before the key in a PEM is passed over', () => {
  const pem = createPrivateKey({ key: Buffer.from(keys[1][0]), format: 'der', type: 'pkcs8' }).export({
    type: 'sec1',
    format: 'pem',
  });
  const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
  const read = readPrivateKeyFile(new TextEncoder().encode(parameters + pem));
  assert.deepEqual(computePublicKey(read), computePublicKey(keys[1][0]));
});

test('no key, and one under a password, are told', () => {
  const sealed = createPrivateKey({ key: Buffer.from(keys[1][0]), format: 'der', type: 'pkcs8' }).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'x',
  });
  const read = (text: string) => () => readPrivateKeyFile(new TextEncoder().encode(text));
  assert.throws(read(sealed.toString()), (error) => isHresult(error, 'ERROR_NOT_SUPPORTED'));
  for (const text of ['', '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n', 'MAA=']) {
    assert.throws(read(text), (error) => isHresult(error, 'NTE_BAD_TYPE'), text);
  }
});
