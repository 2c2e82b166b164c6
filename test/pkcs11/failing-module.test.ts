/** Tokens that fail as devices do and SoftHSM does not: a module in front of that of soft-token.ts answers for them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import type { HresultSymbol } from '#hresult/codes';
import { isHresult } from '#hresult/hresult-error';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { nodeEngine } from '#pki/crypto/node/engine';
import { Pkcs11Modules } from '#providers/pkcs11/open-pkcs11-providers';
import { failingModule } from '../support/failing-module.ts';
import { softToken, TOKEN } from '../support/soft-token.ts';

const soft = softToken();
const failing = failingModule(soft);
const opened: Pkcs11Modules[] = [];
afterEach(() => failing.fail(undefined));
after(async () => {
  for (const modules of opened) await modules.close();
  soft.remove();
});

function provider(sessions = 2) {
  const modules = new Pkcs11Modules(nodeEngine, async () => assert.fail('Nobody asks.'), join(soft.directory, 'locks'));
  opened.push(modules);
  const settings = { module: failing.path, token: TOKEN, pin: { file: soft.pinFile }, sessions };
  return modules.provider({ name: 'PKCS#11 ca-token Key Storage Provider', ...settings }, true, 'S-1-5-21-1-2-3');
}

const RSA = {
  algorithm: { type: 'rsa', modulusLength: 1024 },
  keySpec: 0,
  policy: { exportable: false, archivable: false },
} as const;
const DATA = new TextEncoder().encode('to be signed');
const SCHEME = { name: 'rsa-pkcs1', digest: 'sha256' } as const;

function fails(symbol: HresultSymbol, pattern = /./): (error: unknown) => boolean {
  return (error) =>
    (isHresult(error, symbol) && error.hint !== undefined && pattern.test(error.message)) || assert.fail(String(error));
}

async function signs(key: ProviderKey): Promise<void> {
  assert.ok(await nodeEngine.verify(SCHEME, key.publicKey, DATA, await key.sign(SCHEME, DATA)));
}

// First, while nobody has logged in to the token in this process.
describe('a token that lets nobody in', () => {
  const refusals = [
    ['C_Initialize 0x5', 'NTE_PROVIDER_DLL_FAIL', /did not start: CKR_GENERAL_ERROR/],
    ['C_OpenSession 0xb1', 'SCARD_E_SHARING_VIOLATION', /CKR_SESSION_COUNT/],
    ['C_Login 0xa4', 'SCARD_W_CHV_BLOCKED', /CKR_PIN_LOCKED/],
    ['C_Login 0xa3', 'NTE_PASSWORD_CHANGE_REQUIRED', /CKR_PIN_EXPIRED/],
    ['C_Login 0x102', 'NTE_PERM', /CKR_USER_PIN_NOT_INITIALIZED/],
  ] as const;
  for (const [fault, symbol, pattern] of refusals) {
    it(`by ${fault} is told as ${symbol}`, async () => {
      const ksp = provider();
      failing.fail(fault);
      await assert.rejects(ksp.listContainers(), fails(symbol, pattern));
    });
  }

  it('lets in who comes with the right PIN later', async () => {
    const ksp = provider();
    failing.fail('C_Login 0xa0');
    await assert.rejects(ksp.listContainers(), fails('SCARD_W_WRONG_CHV', /CKR_PIN_INCORRECT/));
    failing.fail(undefined);
    await assert.rejects(ksp.listContainers(), fails('SCARD_W_WRONG_CHV', /refused this PIN before/));
    assert.deepEqual(await provider().listContainers(), []);
  });
});

describe('a token that is full, or in the way', () => {
  const refusals = [
    ['C_GenerateKeyPair 0x31', 'SCARD_E_WRITE_TOO_MANY'],
    ['C_GenerateKeyPair 0xe2', 'ERROR_WRITE_PROTECT'],
    ['C_GenerateKeyPair 0xb5', 'NTE_PERM'],
    ['C_GenerateKeyPair 0x70', 'NTE_NOT_SUPPORTED'],
    ['C_GenerateKeyPair 0x30', 'NTE_PROVIDER_DLL_FAIL'],
    ['C_GenerateKeyPair 0xd1', 'NTE_INVALID_PARAMETER'],
    ['C_SetAttributeValue 0x1b', 'NTE_PERM'],
    ['C_SetAttributeValue 0x80000001', 'NTE_FAIL'],
  ] as const;
  for (const [fault, symbol] of refusals) {
    it(`by ${fault} makes no key and says ${symbol}`, async () => {
      const ksp = provider();
      failing.fail(fault);
      await assert.rejects(ksp.createKey({ ...RSA, container: 'refused' }), fails(symbol));
      failing.fail(undefined);
      await assert.rejects(ksp.openKey('refused'), (error) => isHresult(error, 'NTE_BAD_KEYSET'));
      (await ksp.createKey({ ...RSA, container: 'refused' })).close();
      await ksp.deleteKey('refused');
    });
  }

  it('keeps no half of a key that was to come in', async () => {
    const ksp = provider();
    const pkcs8 = await nodeEngine.generateKey(RSA.algorithm);
    failing.fail('C_CreateObject 0x31');
    const key = { container: 'half', keySpec: 0, policy: RSA.policy } as const;
    await assert.rejects(ksp.importKey(pkcs8, key), fails('SCARD_E_WRITE_TOO_MANY'));
    failing.fail(undefined);
    assert.ok(!(await ksp.listContainers()).includes('half'));
    await ksp.importKey(pkcs8, key);
  });

  it('keeps a key in though the key may leave', async () => {
    const ksp = provider();
    const policy = { exportable: true, archivable: false };
    const key = await ksp.createKey({ ...RSA, policy, container: 'stays' });
    failing.fail('C_WrapKey 0x6a');
    await assert.rejects(key.exportPkcs8(), fails('NTE_BAD_KEY_STATE', /CKR_KEY_UNEXTRACTABLE/));
    failing.fail('C_WrapKey 0x70');
    await assert.rejects(key.exportPkcs8(), fails('NTE_NOT_SUPPORTED'));
    failing.fail(undefined);
    assert.equal((await key.exportPkcs8())[0], 0x30);
  });
});

describe('a session that ends', () => {
  const losses = ['0x30', '0x32', '0xb0', '0xb3', '0xe0', '0xe1', '0x190', '0x101'];
  for (const value of losses) {
    it(`with ${value} is followed by another, once and for good`, async () => {
      const ksp = provider();
      const key = await ksp.createKey({ ...RSA, container: `lost ${value}` });
      failing.fail(`C_Sign ${value} once`);
      await signs(key);
      failing.fail(`C_Sign ${value}`);
      await assert.rejects(key.sign(SCHEME, DATA));
      failing.fail(undefined);
      await signs(key);
      // Where nothing has been done yet.
      failing.fail(`C_GetSessionInfo ${value} once`);
      assert.ok((await ksp.listContainers()).includes(`lost ${value}`));
      failing.fail(`C_GetSessionInfo ${value}`);
      await assert.rejects(ksp.listContainers());
      failing.fail(undefined);
      await signs(key);
    });
  }

  it('tells what the device says where it stays away', async () => {
    const key = await provider().createKey({ ...RSA, container: 'stays away' });
    failing.fail('C_Sign 0x32');
    await assert.rejects(key.sign(SCHEME, DATA), fails('NTE_DEVICE_NOT_READY', /CKR_DEVICE_REMOVED/));
    failing.fail('C_Sign 0x30');
    await assert.rejects(key.sign(SCHEME, DATA), fails('NTE_PROVIDER_DLL_FAIL', /CKR_DEVICE_ERROR/));
  });
});

describe('a key whose handle is another one by now', () => {
  it('leaves under the key that was made for it all the same', async () => {
    const policy = { exportable: true, archivable: false };
    const key = await provider(1).createKey({ ...RSA, policy, container: 'stale handle' });
    await signs(key);
    failing.fail('C_WrapKey 0x60 once');
    const pkcs8 = await key.exportPkcs8();
    const imported = await nodeEngine.importPrivateKey(pkcs8);
    assert.deepEqual(imported.publicKey, key.publicKey);
  });
});

describe('a token with few sessions', () => {
  it('serves as many operations at once as it has, and the others in turn', async () => {
    // Whoever had sessions before gives them back.
    for (const modules of opened.splice(0)) await modules.close();
    failing.fail('C_OpenSession 0xb1 over2');
    const key = await provider(6).createKey({ ...RSA, container: 'few' });
    for (let round = 0; round < 3; round++) await Promise.all(Array.from({ length: 20 }, () => signs(key)));
    failing.fail('C_OpenSession 0xb1');
    await Promise.all(Array.from({ length: 20 }, () => signs(key)));
  });

  it('is asked again by each of those that went into a thread without one together', async () => {
    for (const modules of opened.splice(0)) await modules.close();
    const key = await provider(4).createKey({ ...RSA, container: 'one' });
    // From the pace of the first ones many are taken into a thread at once.
    for (let round = 0; round < 20; round++) await signs(key);
    failing.fail('C_OpenSession 0xb1');
    await Promise.all(Array.from({ length: 100 }, () => signs(key)));
  });
});

describe('a signature that is wrong', () => {
  it('never leaves the provider', async () => {
    const key = await provider().createKey({ ...RSA, container: 'wrong' });
    failing.fail('C_Sign flip');
    await assert.rejects(key.sign(SCHEME, DATA), (error) => isHresult(error, 'NTE_BAD_KEY'));
    failing.fail(undefined);
    await signs(key);
  });
});

describe('what a token will not open', () => {
  it('is answered by another key, whether the token takes the padding off or not', async () => {
    const secret = nodeEngine.random(24);
    for (const hidden of [undefined, 'C_GetMechanismList 0x3 hide']) {
      const ksp = provider();
      failing.fail(hidden);
      const key = await ksp.createKey({ ...RSA, container: `opens ${hidden}` });
      for (const transport of [{ name: 'rsa-pkcs1' }, { name: 'rsa-oaep', digest: 'sha1' }] as const) {
        failing.fail(hidden);
        const sealed = await nodeEngine.wrapKey(transport, key.publicKey, secret);
        assert.deepEqual(await key.unwrapKey(transport, sealed, 24), secret);
        for (const fault of ['C_Decrypt 0x40', 'C_Decrypt 0x41', 'C_Decrypt 0x20', 'C_Decrypt 0x5', undefined]) {
          failing.fail(fault);
          if (fault === undefined) sealed[9]! ^= 1;
          const wrong = await key.unwrapKey(transport, sealed, 24);
          assert.equal(wrong.length, 24);
          assert.notDeepEqual(wrong, secret);
        }
      }
      failing.fail('C_Decrypt 0x30');
      const transport = { name: 'rsa-pkcs1' } as const;
      await assert.rejects(key.unwrapKey(transport, new Uint8Array(128), 24), fails('NTE_PROVIDER_DLL_FAIL'));
    }
  });
});
