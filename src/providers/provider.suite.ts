/** The contract of key-provider.ts as tests; every back end of providers runs it over a key set of its own. */
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { HresultSymbol } from '#hresult/codes';
import { isHresult } from '#hresult/hresult-error';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { KeyPolicy, KeyProviders, KeyStorageProvider, ProviderAlgorithm } from '#pki/crypto/key-provider';

export interface ProviderSuite {
  readonly name: string;
  readonly engine: CryptoEngine;
  /** Opens the key set; a second time it must find what the first left. */
  open(): Promise<KeyProviders>;
  readonly close: () => Promise<void>;
  /** A KSP and, where the back end has one, a CSP without SHA-2 that has both KeySpecs. */
  readonly ksp: string;
  readonly csp?: string;
}

const RSA: ProviderAlgorithm = { type: 'rsa', modulusLength: 1024 };
const KEPT: KeyPolicy = { exportable: false, archivable: false };
const EXPORTABLE: KeyPolicy = { exportable: true, archivable: false };
const DATA = new TextEncoder().encode('to be signed');

function fails(symbol: HresultSymbol): (error: unknown) => boolean {
  return (error) => isHresult(error, symbol) || assert.fail(`${symbol} expected, ${error} came`);
}

function isSignature(publicKey: Uint8Array, digest: string, signature: Uint8Array): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  return verify(digest, DATA, key, signature);
}

export function describeProvider(suite: ProviderSuite): void {
  describe(suite.name, () => {
    let ksp: KeyStorageProvider;
    let reopened: KeyStorageProvider;
    before(async () => {
      ksp = (await suite.open()).byName(suite.ksp);
      reopened = (await suite.open()).byName(suite.ksp);
    });
    after(() => suite.close());

    it('answers a KSP with type 0 under its own name, whatever the case', async () => {
      const providers = await suite.open();
      assert.equal(providers.byName(suite.ksp.toUpperCase()).name, ksp.name);
      assert.equal(ksp.type, 0);
      assert.ok(providers.all.some(({ name }) => name === ksp.name));
      assert.throws(() => providers.byName('No Such Provider'), fails('NTE_KEYSET_NOT_DEF'));
      for (const { name, type } of providers.all) {
        assert.equal(providers.known.find((one) => one.name === name)?.provType, type, name);
      }
    });

    it('signs with a made key, and with the same key opened again', async () => {
      const made = await ksp.createKey({ container: 'Sign CA', algorithm: RSA, keySpec: 0, policy: KEPT });
      const scheme = { name: 'rsa-pkcs1', digest: 'sha256' } as const;
      assert.ok(isSignature(made.publicKey, 'sha256', await made.sign(scheme, DATA)));
      made.close();
      const opened = await reopened.openKey('sign ca');
      assert.deepEqual(opened.publicKey, made.publicKey);
      assert.deepEqual(
        [opened.provider, opened.container, opened.uniqueName, opened.keySpec, opened.exportable],
        [ksp.name, 'Sign CA', made.uniqueName, 0, false],
      );
      assert.ok(isSignature(opened.publicKey, 'sha256', await opened.sign(scheme, DATA)));
      opened.close();
    });

    it('unwraps what was sealed to the key, and answers another key for a wrong padding', async () => {
      const key = await ksp.createKey({ container: 'unwrap', algorithm: RSA, keySpec: 0, policy: KEPT });
      const transport = { name: 'rsa-pkcs1' } as const;
      const secret = suite.engine.random(32);
      const sealed = await suite.engine.wrapKey(transport, key.publicKey, secret);
      assert.deepEqual(await key.unwrapKey(transport, sealed, 32), secret);
      // A padding that is wrong, a number over the modulus, a key of another length, a block of another.
      const blocks = [sealed.map(() => 1), sealed.map(() => 0xff), sealed.subarray(1)];
      for (const [block, length] of [...blocks.map((block) => [block, 32] as const), [sealed, 24] as const]) {
        const wrong = await key.unwrapKey(transport, block, length);
        assert.equal(wrong.length, length);
        assert.notDeepEqual(wrong, secret.subarray(0, length));
        assert.notDeepEqual(await key.unwrapKey(transport, block, length), wrong);
      }
      key.close();
    });

    it('makes elliptic curve keys that sign, whatever the digest, and agree', async () => {
      for (const curve of ['P-256', 'P-384', 'P-521'] as const) {
        const algorithm = { type: 'ec', curve } as const;
        const ours = await ksp.createKey({ container: `${curve} a`, algorithm, keySpec: 0, policy: KEPT });
        const theirs = await ksp.createKey({ container: `${curve} b`, algorithm, keySpec: 0, policy: KEPT });
        for (const digest of ['sha1', 'sha256', 'sha384', 'sha512'] as const) {
          assert.ok(isSignature(ours.publicKey, digest, await ours.sign({ name: 'ecdsa', digest }, DATA)));
        }
        assert.deepEqual(await ours.agree(theirs.publicKey), await theirs.agree(ours.publicKey));
        const rsa = { name: 'rsa-pkcs1', digest: 'sha256' } as const;
        await assert.rejects(ours.sign(rsa, DATA), fails('NTE_BAD_ALGID'));
        ours.close();
        theirs.close();
      }
    });

    it('signs by RSASSA-PSS and opens RSAES-OAEP, whatever the digest', async () => {
      const algorithm = { type: 'rsa', modulusLength: 1536 } as const;
      const key = await ksp.createKey({ container: 'padded', algorithm, keySpec: 0, policy: KEPT });
      const secret = suite.engine.random(24);
      for (const digest of ['sha1', 'sha256', 'sha384', 'sha512'] as const) {
        for (const saltLength of [0, 20, 32]) {
          const scheme = { name: 'rsa-pss', digest, saltLength } as const;
          const signature = await key.sign(scheme, DATA);
          assert.ok(await suite.engine.verify(scheme, key.publicKey, DATA, signature), `${digest} ${saltLength}`);
        }
        const transport = { name: 'rsa-oaep', digest } as const;
        const sealed = await suite.engine.wrapKey(transport, key.publicKey, secret);
        assert.deepEqual(await key.unwrapKey(transport, sealed, 24), secret);
        sealed[20]! ^= 1;
        const wrong = await key.unwrapKey(transport, sealed, 24);
        assert.equal(wrong.length, 24);
        assert.notDeepEqual(wrong, secret);
      }
      for (const digest of ['md5', 'sha1', 'sha384', 'sha512'] as const) {
        assert.ok(isSignature(key.publicKey, digest, await key.sign({ name: 'rsa-pkcs1', digest }, DATA)));
      }
      key.close();
    });

    it('refuses a name twice, and keeps the first key', async () => {
      const first = await ksp.createKey({ container: 'Twice', algorithm: RSA, keySpec: 0, policy: EXPORTABLE });
      const again = { container: 'TWICE', algorithm: RSA, keySpec: 0, policy: KEPT } as const;
      await assert.rejects(ksp.createKey(again), fails('NTE_EXISTS'));
      const pkcs8 = await first.exportPkcs8();
      await assert.rejects(ksp.importKey(pkcs8, again), fails('NTE_EXISTS'));
      assert.deepEqual((await ksp.openKey('twice')).publicKey, first.publicKey);
    });

    it('lists its containers in order, and forgets deleted ones', async () => {
      for (const container of ['list b', 'list a']) {
        (await ksp.createKey({ container, algorithm: RSA, keySpec: 0, policy: KEPT })).close();
      }
      const listed = (await reopened.listContainers()).filter((name) => name.startsWith('list '));
      assert.deepEqual(listed, ['list a', 'list b']);
      await ksp.deleteKey('list a');
      assert.ok(!(await reopened.listContainers()).includes('list a'));
      await assert.rejects(reopened.openKey('list a'), fails('NTE_BAD_KEYSET'));
      await assert.rejects(ksp.deleteKey('list a'), fails('NTE_BAD_KEYSET'));
    });

    it('tells of its keys without opening them', async () => {
      const made = await ksp.createKey({ container: 'told of', algorithm: RSA, keySpec: 0, policy: KEPT });
      made.close();
      const keys = (await reopened.listKeys()).filter(({ container }) => container === 'told of');
      assert.deepEqual(
        keys.map(({ uniqueName, keySpec, publicKey, exportable }) => ({ uniqueName, keySpec, publicKey, exportable })),
        [{ uniqueName: made.uniqueName, keySpec: 0, publicKey: made.publicKey, exportable: false }],
      );
    });

    it('lets an exportable key leave and come back under another name', async () => {
      const made = await ksp.createKey({ container: 'leaves', algorithm: RSA, keySpec: 0, policy: EXPORTABLE });
      const pkcs8 = await made.exportPkcs8();
      const back = await ksp.importKey(pkcs8, { container: 'came back', keySpec: 0, policy: KEPT });
      assert.deepEqual(back.publicKey, made.publicKey);
      await assert.rejects(back.exportPkcs8(), fails('NTE_BAD_KEY_STATE'));
      const opened = await reopened.openKey('leaves');
      assert.equal(opened.exportable, true);
      assert.deepEqual(await opened.exportPkcs8(), pkcs8);
    });

    it('lets a key leave encrypted only, where that is what was asked for', async () => {
      const policy = { exportable: false, encryptedExport: true, archivable: false };
      const made = await ksp.createKey({ container: 'encrypted only', algorithm: RSA, keySpec: 0, policy });
      const opened = await reopened.openKey('encrypted only');
      assert.deepEqual([opened.exportable, opened.encryptedExport], [false, true]);
      let seen = new Uint8Array();
      const sealed = await opened.exportEncrypted!(async (pkcs8) => {
        seen = Uint8Array.from(pkcs8);
        return Uint8Array.of(1);
      });
      assert.deepEqual(sealed, Uint8Array.of(1));
      const back = await suite.engine.importPrivateKey(seen);
      assert.deepEqual(back.publicKey, made.publicKey);
      await assert.rejects(opened.exportPkcs8(), fails('NTE_NOT_SUPPORTED'));
      const kept = await ksp.createKey({ container: 'kept in', algorithm: RSA, keySpec: 0, policy: KEPT });
      await assert.rejects(
        kept.exportEncrypted!(async (pkcs8) => pkcs8),
        fails('NTE_BAD_KEY_STATE'),
      );
    });

    it('replaces a key only where that is asked for', async () => {
      const old = await ksp.createKey({ container: 'replaced', algorithm: RSA, keySpec: 0, policy: KEPT });
      const other = await suite.engine.generateKey({ type: 'rsa', modulusLength: 1024 });
      await ksp.importKey(other, { container: 'replaced', keySpec: 0, policy: KEPT, overwrite: true });
      assert.notDeepEqual((await reopened.openKey('replaced')).publicKey, old.publicKey);
    });

    it('lets an archivable key leave once, on the handle that made it', async () => {
      const policy = { exportable: false, archivable: true };
      const made = await ksp.createKey({ container: 'archived', algorithm: RSA, keySpec: 0, policy });
      await assert.rejects((await reopened.openKey('archived')).exportPkcs8(), fails('NTE_BAD_KEY_STATE'));
      const both = await Promise.allSettled([made.exportPkcs8(), made.exportPkcs8()]);
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      await assert.rejects(made.exportPkcs8(), fails('NTE_BAD_KEY_STATE'));
    });

    it('does nothing with a closed handle', async () => {
      const key = await ksp.createKey({ container: 'closed', algorithm: RSA, keySpec: 0, policy: EXPORTABLE });
      key.close();
      key.close();
      const transport = { name: 'rsa-pkcs1' } as const;
      await assert.rejects(key.sign({ name: 'rsa-pkcs1', digest: 'sha256' }, DATA), fails('NTE_INVALID_HANDLE'));
      await assert.rejects(key.unwrapKey(transport, new Uint8Array(128), 32), fails('NTE_INVALID_HANDLE'));
      await assert.rejects(key.exportPkcs8(), fails('NTE_INVALID_HANDLE'));
    });

    it('refuses lengths, KeySpecs and names it has no keys of', async () => {
      const key = { container: 'refused', algorithm: RSA, keySpec: 0, policy: KEPT } as const;
      for (const modulusLength of [0, 511, 1023, 16385]) {
        const algorithm = { type: 'rsa', modulusLength } as const;
        await assert.rejects(ksp.createKey({ ...key, algorithm }), fails('ERROR_INVALID_PARAMETER'));
      }
      await assert.rejects(ksp.createKey({ ...key, keySpec: 2 }), fails('NTE_BAD_FLAGS'));
      for (const container of ['', 'a\0b', 'x'.repeat(261)]) {
        await assert.rejects(ksp.createKey({ ...key, container }), fails('NTE_BAD_KEYSET_PARAM'));
      }
      assert.ok(!(await ksp.listContainers()).includes('refused'));
    });

    it('refuses PKCS#8 bytes that are no key, and writes nothing', async () => {
      const key = { container: 'broken', keySpec: 0, policy: KEPT } as const;
      await assert.rejects(ksp.importKey(new Uint8Array(40), key));
      await assert.rejects(ksp.openKey('broken'), fails('NTE_BAD_KEYSET'));
    });

    if (suite.csp !== undefined) describeCsp(suite, suite.csp, () => ksp);
  });
}

function describeCsp(suite: ProviderSuite, name: string, ksp: () => KeyStorageProvider): void {
  let csp: KeyStorageProvider;
  before(async () => {
    csp = (await suite.open()).byName(name);
  });

  it('holds two pairs in a CAPI container', async () => {
    const key = { container: 'Two', algorithm: RSA, policy: KEPT } as const;
    const exchange = await csp.createKey({ ...key, keySpec: 1 });
    await assert.rejects(csp.openKey('Two', 2), fails('NTE_NO_KEY'));
    const signature = await csp.createKey({ ...key, keySpec: 2 });
    assert.equal(exchange.uniqueName, signature.uniqueName);
    assert.notDeepEqual(exchange.publicKey, signature.publicKey);
    assert.deepEqual((await csp.openKey('two')).publicKey, exchange.publicKey);
    assert.deepEqual((await csp.openKey('two', 2)).publicKey, signature.publicKey);
    assert.deepEqual((await csp.openKey(exchange.uniqueName, 2)).container, 'Two');
    assert.deepEqual(
      (await csp.listContainers()).filter((container) => container === 'Two'),
      ['Two'],
    );
    assert.deepEqual(
      (await csp.listKeys()).filter(({ container }) => container === 'Two').map(({ keySpec }) => keySpec),
      [1, 2],
    );
    await assert.rejects(csp.deleteKey('Two', 0), fails('NTE_BAD_KEYSET'));
    await csp.deleteKey('Two', 2);
    (await csp.openKey('Two', 1)).close();
    await assert.rejects(csp.openKey('Two', 2), fails('NTE_NO_KEY'));
    await csp.deleteKey('Two');
    await assert.rejects(csp.openKey('Two', 2), fails('NTE_BAD_KEYSET'));
  });

  it('keeps AT_SIGNATURE keys from decryption', async () => {
    const key = await csp.createKey({ container: 'signs only', algorithm: RSA, keySpec: 2, policy: KEPT });
    const signature = await key.sign({ name: 'rsa-pkcs1', digest: 'sha1' }, DATA);
    assert.ok(isSignature(key.publicKey, 'sha1', signature));
    await assert.rejects(key.unwrapKey({ name: 'rsa-pkcs1' }, new Uint8Array(128), 24), fails('NTE_BAD_KEY'));
    await assert.rejects(key.agree(key.publicKey), fails('NTE_BAD_KEY'));
  });

  it('signs no SHA-2 and no PSS, makes no curves, and takes KeySpec 1 and 2 only', async () => {
    const key = await csp.createKey({ container: 'old', algorithm: RSA, keySpec: 1, policy: KEPT });
    const refused = [
      { name: 'rsa-pkcs1', digest: 'sha256' },
      { name: 'rsa-pss', digest: 'sha1', saltLength: 20 },
    ] as const;
    for (const scheme of refused) await assert.rejects(key.sign(scheme, DATA), fails('NTE_BAD_ALGID'));
    const curve = { type: 'ec', curve: 'P-256' } as const;
    const made = { container: 'c', policy: KEPT } as const;
    await assert.rejects(csp.createKey({ ...made, algorithm: curve, keySpec: 1 }), fails('NTE_BAD_ALGID'));
    await assert.rejects(csp.createKey({ ...made, algorithm: RSA, keySpec: 0 }), fails('NTE_BAD_TYPE'));
    const pkcs8 = await suite.engine.generateKey(curve);
    await assert.rejects(csp.importKey(pkcs8, { ...made, keySpec: 1 }), fails('NTE_BAD_ALGID'));
  });

  it('lends its keys to the KSP, which opens them in place of keys of its own, and signs SHA-2 with them', async () => {
    const key = { container: 'Legacy', algorithm: RSA, policy: KEPT } as const;
    const exchange = await csp.createKey({ ...key, keySpec: 1 });
    const signature = await csp.createKey({ ...key, keySpec: 2 });
    for (const [keySpec, made] of [
      [undefined, exchange],
      [1, exchange],
      [2, signature],
    ] as const) {
      const lent = await ksp().openKey('LEGACY', keySpec);
      assert.deepEqual(
        [lent.publicKey, lent.provider, lent.container, lent.uniqueName, lent.keySpec],
        [made.publicKey, ksp().name, 'Legacy', made.uniqueName, made.keySpec],
      );
      const scheme = { name: 'rsa-pkcs1', digest: 'sha256' } as const;
      assert.ok(isSignature(lent.publicKey, 'sha256', await lent.sign(scheme, DATA)));
    }
    assert.deepEqual((await ksp().openKey(exchange.uniqueName, 2)).publicKey, signature.publicKey);
    const unwrapping = (await ksp().openKey('Legacy', 2)).unwrapKey({ name: 'rsa-pkcs1' }, new Uint8Array(128), 24);
    await assert.rejects(unwrapping, fails('NTE_BAD_KEY'));
    await assert.rejects(ksp().openKey('Legacy', 0), fails('NTE_BAD_KEYSET'));
    assert.ok(!(await ksp().listContainers()).includes('Legacy'));
    await assert.rejects(ksp().deleteKey('Legacy'), fails('NTE_BAD_KEYSET'));
    const own = await ksp().createKey({ ...key, keySpec: 0 });
    assert.deepEqual((await ksp().openKey('Legacy')).publicKey, own.publicKey);
  });

  it('sees no key made under another provider', async () => {
    (await ksp().createKey({ container: 'cng only', algorithm: RSA, keySpec: 0, policy: KEPT })).close();
    await assert.rejects(csp.openKey('cng only'), fails('NTE_BAD_KEYSET'));
    await assert.rejects(csp.deleteKey('cng only'), fails('NTE_BAD_KEYSET'));
    assert.ok((await ksp().listContainers()).includes('cng only'));
  });
}
