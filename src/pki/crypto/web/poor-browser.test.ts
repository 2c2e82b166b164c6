import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { nodeEngine } from '../node/engine.ts';
import { webEngine } from './engine.ts';
import type { WebCrypto } from './web-crypto.ts';

/** WebCrypto of a browser that lacks what `refuses` names: its importKey and generateKey say no as browsers do. */
function browserWithout(refuses: (algorithm: string, key: unknown) => string | undefined): WebCrypto {
  const { subtle } = globalThis.crypto;
  const refuse = (call: 'importKey' | 'generateKey', algorithm: unknown, key: unknown) => {
    const fault = refuses(JSON.stringify(algorithm), key);
    if (fault) throw new DOMException(`${call} refused`, fault);
  };
  const poor = new Proxy(subtle, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        if (name === 'importKey') refuse(name, args[2], args[1]);
        if (name === 'generateKey') refuse(name, args[0], undefined);
        return method.apply(target, args);
      };
    },
  });
  return { subtle: poor, getRandomValues: (array: never) => crypto.getRandomValues(array) } as unknown as WebCrypto;
}

describe('the web engine in a browser', () => {
  test('without AES-192 does it itself', async () => {
    const isAes192 = (algorithm: string, key: unknown) =>
      /AES/.test(algorithm) && key instanceof Uint8Array && key.length === 24 ? 'OperationError' : undefined;
    const engine = webEngine(browserWithout(isAes192));
    const cipher = { name: 'aes-cbc', keyLength: 24 } as const;
    const [key, iv, data] = [engine.random(24), engine.random(16), engine.random(500)];
    // Cut short below, the text ends here, in no padding.
    data[495] = 0;
    const sealed = await engine.encrypt(cipher, key, iv, data);
    assert.deepEqual(sealed, await nodeEngine.encrypt(cipher, key, iv, data));
    assert.deepEqual(await engine.decrypt(cipher, key, iv, sealed), data);
    await assert.rejects(engine.decrypt(cipher, key, iv, sealed.subarray(16, -16)), (error) =>
      isHresult(error, 'NTE_BAD_DATA'),
    );
    const wrapped = await engine.wrapAes(key, data.subarray(0, 32));
    assert.deepEqual(wrapped, await nodeEngine.wrapAes(key, data.subarray(0, 32)));
    assert.deepEqual(await engine.unwrapAes(key, wrapped), data.subarray(0, 32));
    wrapped[0]! ^= 1;
    await assert.rejects(engine.unwrapAes(key, wrapped), (error) => isHresult(error, 'NTE_BAD_DATA'));
  });

  test('without P-521 says that it has none', async () => {
    const engine = webEngine(
      browserWithout((algorithm) => (algorithm.includes('P-521') ? 'NotSupportedError' : undefined)),
    );
    const unsupported = (error: unknown) => isHresult(error, 'NTE_NOT_SUPPORTED');
    await assert.rejects(engine.generateKey({ type: 'ec', curve: 'P-521' }), unsupported);
    const pkcs8 = await nodeEngine.generateKey({ type: 'ec', curve: 'P-521' });
    await assert.rejects(engine.importPrivateKey(pkcs8), unsupported);
    const { publicKey } = await nodeEngine.importPrivateKey(pkcs8);
    const scheme = { name: 'ecdsa', digest: 'sha512' } as const;
    await assert.rejects(engine.verify(scheme, publicKey, pkcs8, pkcs8), unsupported);
  });

  test('on a page that is no secure context cannot be made', () => {
    assert.throws(
      () => webEngine({} as unknown as WebCrypto),
      (error) => isHresult(error, 'NTE_NOT_SUPPORTED') && error.hint !== undefined,
    );
  });
});
