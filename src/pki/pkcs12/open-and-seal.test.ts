import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { HresultSymbol } from '#hresult/codes';
import { isHresult } from '#hresult/hresult-error';
import { constructed, encodeDer, explicit, octetString, oid, sequence } from '../asn1/der-writer.ts';
import { id_signedData, keyBag, safeContentsBag, secretBag } from '../asn1/oid-table.ts';
import { TAG } from '../asn1/tag.ts';
import type { CryptoEngine } from '../crypto/engine.ts';
import { nodeEngine } from '../crypto/node/engine.ts';
import { webEngine } from '../crypto/web/engine.ts';
import { withKeyUsage } from '../keyblob/key-usage-attribute.ts';
import { certBagAttributes, keyBagAttributes, windowsLocalKeyId } from './bag-attributes.ts';
import { decodeEncryptedPrivateKeyInfo } from './encrypted-private-key.ts';
import { openPfx } from './open.ts';
import {
  dataContentInfo,
  dataOctets,
  decodeAuthenticatedSafe,
  decodeEncryptedData,
  decodePfx,
  encodePfx,
} from './pfx.ts';
import { keyAndCertificate, pfxOfSafes } from './pfx-material.suite.ts';
import { certBagOf, decodeSafeContents, encodeSafeContents, type SafeBag } from './safe-bag.ts';
import { DEFAULT_ITERATIONS, defaultIterations, type PfxToSeal, type SealOptions, sealPfx } from './seal.ts';

const ENGINES: readonly CryptoEngine[] = [nodeEngine, webEngine(globalThis.crypto)];
const FAST: SealOptions = { algorithm: 'AES256_SHA256', iterations: 1 };

const alice = await keyAndCertificate(1, 'rsa');
const bob = await keyAndCertificate(2);
const root = await keyAndCertificate(3);

const contents: Required<Omit<PfxToSeal, 'sealedKeys'>> = {
  keys: [
    {
      pkcs8: withKeyUsage(alice.pkcs8, 0x10),
      attributes: keyBagAttributes({
        localKeyId: windowsLocalKeyId(1),
        friendlyName: 'te-0f6c',
        cspName: 'Microsoft Enhanced Cryptographic Provider v1.0',
        machineKeyset: true,
      }),
    },
    { pkcs8: bob.pkcs8, attributes: keyBagAttributes({ localKeyId: windowsLocalKeyId(2) }) },
  ],
  certificates: [
    {
      certificate: alice.certificate,
      attributes: certBagAttributes({
        localKeyId: windowsLocalKeyId(1),
        friendlyName: 'Ålice',
        properties: new Map([[71, Uint8Array.of(0x41, 0, 0, 0)]]),
      }),
    },
    { certificate: bob.certificate, attributes: certBagAttributes({ localKeyId: windowsLocalKeyId(2) }) },
    { certificate: root.certificate, attributes: [] },
  ],
  crls: [Uint8Array.of(0x30, 0)],
};

async function rejects(symbol: HresultSymbol, run: Promise<unknown>): Promise<void> {
  await assert.rejects(run, (error) => isHresult(error, symbol), symbol);
}

test('what is sealed by either engine opens with either, attributes byte for byte', async () => {
  for (const algorithm of ['AES256_SHA256', 'TripleDES_SHA1'] as const) {
    for (const sealing of ENGINES) {
      const pfx = await sealPfx(contents, 'pässword', { algorithm, iterations: 3 }, sealing);
      for (const opening of ENGINES) {
        const opened = await openPfx(pfx, 'pässword', opening);
        const bare = {
          keys: opened.keys.map(({ pkcs8, attributes }) => ({ pkcs8, attributes })),
          certificates: opened.certificates.map(({ certificate, attributes }) => ({ certificate, attributes })),
          crls: opened.crls,
        };
        assert.deepEqual(bare, contents);
        const [key] = opened.keys;
        assert.deepEqual(
          [key!.friendlyName, key!.cspName, key!.machineKeyset, key!.keySpecBits, key!.localKeyId],
          ['te-0f6c', 'Microsoft Enhanced Cryptographic Provider v1.0', true, 0x10, windowsLocalKeyId(1)],
        );
        assert.deepEqual(
          [opened.keys[1]!.machineKeyset, opened.keys[1]!.keySpecBits, opened.keys[1]!.friendlyName],
          [false, undefined, undefined],
        );
        assert.equal(opened.certificates[0]!.friendlyName, 'Ålice');
        assert.deepEqual(opened.certificates[0]!.properties, new Map([[71, Uint8Array.of(0x41, 0, 0, 0)]]));
      }
    }
  }
});

test('the layout is that of Windows: keys in data, certificates in encryptedData, one MAC', async () => {
  for (const [algorithm, digest, pbe] of [
    ['AES256_SHA256', '2.16.840.1.101.3.4.2.1', '1.2.840.113549.1.5.13'],
    ['TripleDES_SHA1', '1.3.14.3.2.26', '1.2.840.113549.1.12.1.3'],
  ] as const) {
    const pfx = decodePfx(await sealPfx(contents, 'pw', { algorithm }, nodeEngine));
    assert.equal(pfx.macData!.mac.digestAlgorithm.algorithm, digest);
    assert.equal(pfx.macData!.iterations, DEFAULT_ITERATIONS[algorithm]);
    assert.equal(pfx.macData!.macSalt.length, 20);
    const safes = decodeAuthenticatedSafe(dataOctets(pfx.authSafe));
    assert.equal(safes.length, 2);
    const bags = decodeSafeContents(dataOctets(safes[0]!));
    assert.equal(bags.length, 2);
    for (const bag of bags)
      assert.equal(decodeEncryptedPrivateKeyInfo(bag.bagValue).encryptionAlgorithm.algorithm, pbe);
    assert.equal(decodeEncryptedData(safes[1]!)!.contentEncryptionAlgorithm.algorithm, pbe);
  }
  assert.deepEqual(DEFAULT_ITERATIONS, { AES256_SHA256: 100_000, TripleDES_SHA1: 2_000 });
});

test('the iterations of a file of many keys are shared out among them', () => {
  assert.deepEqual(
    [0, 1, 8, 18, 1000].map((keys) => defaultIterations('AES256_SHA256', keys)),
    [100_000, 100_000, 100_000, 50_000, 2_000],
  );
  assert.equal(defaultIterations('TripleDES_SHA1', 1000), 2_000);
});

test('certificates may stay readable, and empty parts are left out', async () => {
  const plain = await sealPfx(contents, 'pw', { ...FAST, encryptCertificates: false }, nodeEngine);
  const safes = decodeAuthenticatedSafe(dataOctets(decodePfx(plain).authSafe));
  assert.deepEqual(
    decodeSafeContents(dataOctets(safes[1]!)).map(({ bagId }) => bagId),
    [
      '1.2.840.113549.1.12.10.1.3',
      '1.2.840.113549.1.12.10.1.3',
      '1.2.840.113549.1.12.10.1.3',
      '1.2.840.113549.1.12.10.1.4',
    ],
  );
  assert.equal((await openPfx(plain, 'pw', nodeEngine)).certificates.length, 3);
  const nothing = await sealPfx({ keys: [], certificates: [] }, 'pw', FAST, nodeEngine);
  assert.deepEqual(await openPfx(nothing, 'pw', nodeEngine), { keys: [], certificates: [], crls: [] });
  const chain = await sealPfx({ keys: [], certificates: contents.certificates }, 'pw', FAST, nodeEngine);
  assert.equal(decodeAuthenticatedSafe(dataOctets(decodePfx(chain).authSafe)).length, 1);
});

test('a decoded PFX is encoded as it was', async () => {
  const pfx = await sealPfx(contents, 'pw', FAST, nodeEngine);
  assert.deepEqual(encodePfx(decodePfx(pfx)), pfx);
  const safes = decodeAuthenticatedSafe(dataOctets(decodePfx(pfx).authSafe));
  const octets = dataOctets(safes[0]!);
  assert.deepEqual(encodeSafeContents(decodeSafeContents(octets)), octets);
});

test('any password goes and comes; another one is refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), fc.string(), async (password, other) => {
      for (const algorithm of ['AES256_SHA256', 'TripleDES_SHA1'] as const) {
        const pfx = await sealPfx(contents, password, { algorithm, iterations: 1 }, nodeEngine);
        assert.deepEqual((await openPfx(pfx, password, nodeEngine)).keys[0]!.pkcs8, contents.keys[0]!.pkcs8);
        if (other !== password) await rejects('ERROR_INVALID_PASSWORD', openPfx(pfx, other, nodeEngine));
      }
    }),
    { seed: 5, numRuns: 25 },
  );
});

test('an empty password and none open the same files', async () => {
  const empty = await sealPfx(contents, '', FAST, nodeEngine);
  for (const password of ['', undefined]) assert.equal((await openPfx(empty, password, nodeEngine)).keys.length, 2);
  await rejects('ERROR_INVALID_PASSWORD', openPfx(empty, 'x', nodeEngine));
  await rejects(
    'ERROR_INVALID_PASSWORD',
    openPfx(await sealPfx(contents, 'x', FAST, nodeEngine), undefined, nodeEngine),
  );
});

test('a changed file does not pass its MAC', async () => {
  const pfx = await sealPfx(contents, 'pw', FAST, nodeEngine);
  pfx[200]! ^= 1;
  await rejects('ERROR_INVALID_PASSWORD', openPfx(pfx, 'pw', nodeEngine));
});

test('a part under another password than the MAC is refused as such', async () => {
  for (const algorithm of ['AES256_SHA256', 'TripleDES_SHA1'] as const) {
    const { authSafe } = decodePfx(await sealPfx(contents, 'other', { algorithm, iterations: 1 }, nodeEngine));
    await rejects('ERROR_INVALID_PASSWORD', openPfx(await pfxOfSafes(dataOctets(authSafe), 'pw'), 'pw', nodeEngine));
  }
});

test('the MAC is looked at before what it covers', async () => {
  const nonsense = await pfxOfSafes(Uint8Array.of(0x30, 0x05, 1));
  await rejects('ERROR_INVALID_PASSWORD', openPfx(nonsense, 'other', nodeEngine));
  await rejects('CRYPT_E_ASN1_EOD', openPfx(nonsense, 'pw', nodeEngine));
});

test('a file without MAC is refused, and one of another kind', async () => {
  const { authSafe } = decodePfx(await sealPfx(contents, 'pw', FAST, nodeEngine));
  await rejects('ERROR_INVALID_DATA', openPfx(encodePfx({ authSafe, macData: undefined }), 'pw', nodeEngine));
  const signed = { contentType: id_signedData, content: authSafe.content };
  await rejects('ERROR_NOT_SUPPORTED', openPfx(encodePfx({ authSafe: signed, macData: undefined }), 'pw', nodeEngine));
  await rejects('ERROR_NOT_SUPPORTED', openPfx(await pfxOfSafes([signed]), 'pw', nodeEngine));
  const v1 = encodePfx({ authSafe, macData: undefined });
  v1[v1.indexOf(3, 2)] = 1;
  await rejects('ERROR_INVALID_DATA', openPfx(v1, 'pw', nodeEngine));
});

const bag = (bagId: string, bagValue: Uint8Array): SafeBag => ({ bagId, bagValue, bagAttributes: undefined });

test('a file protected to a person says so, with the right password and with any', async () => {
  const secretTypeId = '1.3.6.1.4.1.311.17.4';
  const secret = bag(secretBag, encodeDer(sequence(oid(secretTypeId), explicit(0, octetString(Uint8Array.of(1))))));
  const pfx = await pfxOfSafes([dataContentInfo(encodeSafeContents([secret]))]);
  await rejects('ERROR_NOT_SUPPORTED', openPfx(pfx, 'pw', nodeEngine));
  await rejects('ERROR_NOT_SUPPORTED', openPfx(pfx, 'other', nodeEngine));
});

test('other secrets, other kinds of certificate and unknown bags are passed over', async () => {
  const typed = (id: string) => encodeDer(sequence(oid(id), explicit(0, octetString(Uint8Array.of(1)))));
  const bags = [
    bag(secretBag, typed('1.2.3')),
    bag('1.2.840.113549.1.12.10.1.3', typed('1.2.840.113549.1.9.22.2')),
    bag('1.2.840.113549.1.12.10.1.4', typed('1.2.3')),
    bag('1.2.3.4', encodeDer(octetString(Uint8Array.of(1)))),
    certBagOf(alice.certificate, []),
  ];
  const opened = await openPfx(await pfxOfSafes([dataContentInfo(encodeSafeContents(bags))]), 'pw', nodeEngine);
  assert.deepEqual([opened.keys.length, opened.certificates.length, opened.crls.length], [0, 1, 0]);
});

test('bags in bags are found, keys in clear are read, and the bytes given stay as they are', async () => {
  const nested = (depth: number, inner: SafeBag): SafeBag =>
    depth === 0 ? inner : bag(safeContentsBag, encodeSafeContents([nested(depth - 1, inner)]));
  const plainKey = bag(keyBag, alice.pkcs8);
  const pfx = await pfxOfSafes([dataContentInfo(encodeSafeContents([nested(3, plainKey)]))]);
  const before = pfx.slice();
  const { keys } = await openPfx(pfx, 'pw', nodeEngine);
  assert.deepEqual(keys[0]!.pkcs8, alice.pkcs8);
  keys[0]!.pkcs8.fill(0);
  assert.deepEqual(pfx, before);
  const deep = await pfxOfSafes([dataContentInfo(encodeSafeContents([nested(9, plainKey)]))]);
  await rejects('ERROR_INVALID_DATA', openPfx(deep, 'pw', nodeEngine));
});

test('BER in every layer is read', async () => {
  const segments = (octets: Uint8Array) =>
    constructed(TAG.OCTET_STRING | 0x20, [octetString(octets.subarray(0, 5)), octetString(octets.subarray(5))]);
  const indefinite = (der: Uint8Array) => {
    const content = der.subarray(der[1]! < 0x80 ? 2 : 2 + (der[1]! & 0x7f));
    return Uint8Array.of(der[0]!, 0x80, ...content, 0, 0);
  };
  const safeContents = indefinite(encodeSafeContents([certBagOf(alice.certificate, [])]));
  const data = { contentType: '1.2.840.113549.1.7.1', content: encodeDer(segments(safeContents)) };
  const { authSafe, macData } = decodePfx(await pfxOfSafes([data]));
  const outer = { ...authSafe, content: encodeDer(segments(dataOctets(authSafe))) };
  const { certificates } = await openPfx(indefinite(encodePfx({ authSafe: outer, macData })), 'pw', nodeEngine);
  assert.deepEqual(certificates[0]!.certificate, alice.certificate);
});

test('iteration counts are bounded, each and together', async () => {
  const limits = { each: 10, total: 25 };
  const sealed = (iterations: number, options: Partial<SealOptions> = {}) =>
    sealPfx(contents, 'pw', { ...FAST, iterations, ...options }, nodeEngine);
  // One MAC, two keys, one set of certificates.
  assert.equal((await openPfx(await sealed(6), 'pw', nodeEngine, limits)).keys.length, 2);
  await rejects('ERROR_INVALID_DATA', openPfx(await sealed(7), 'pw', nodeEngine, limits));
  await rejects('ERROR_INVALID_DATA', openPfx(await sealed(11), 'pw', nodeEngine, limits));
  // Two blocks for the key and one for the vector, each time.
  const tripleDes = await sealed(3, { algorithm: 'TripleDES_SHA1' });
  await rejects('ERROR_INVALID_DATA', openPfx(tripleDes, 'pw', nodeEngine, limits));
  for (const iterations of [0, -1, 1.5, Number.NaN]) await rejects('ERROR_INVALID_PARAMETER', sealed(iterations));
});

test('PBMAC1 is verified: the file of RFC 9579 A.1, and A.4 to A.6 made from it', async () => {
  const a1 = new Uint8Array(readFileSync(new URL('../../../test/vectors/pkcs12/rfc9579-a1.p12', import.meta.url)));
  const { keys, certificates } = await openPfx(a1, '1234', nodeEngine);
  assert.deepEqual([keys.length, certificates.length], [1, 1]);
  await rejects('ERROR_INVALID_PASSWORD', openPfx(a1, '12345', nodeEngine));
  const { authSafe, macData } = decodePfx(a1);
  const withParameters = (change: (parameters: Uint8Array) => Uint8Array) => {
    const { digestAlgorithm, digest } = macData!.mac;
    const parameters = change(digestAlgorithm.parameters!.slice());
    return encodePfx({
      authSafe,
      macData: { ...macData!, mac: { digestAlgorithm: { ...digestAlgorithm, parameters }, digest } },
    });
  };
  // SEQUENCE { SEQUENCE { PBKDF2, SEQUENCE { salt, 2048, 32, hmacWithSHA256 } } hmacWithSHA256 }
  const iterationCountAt = 27;
  const iterations = withParameters((parameters) => {
    assert.deepEqual([...parameters.subarray(iterationCountAt, iterationCountAt + 4)], [2, 2, 8, 0]);
    parameters[iterationCountAt + 3] = 1;
    return parameters;
  });
  await rejects('ERROR_INVALID_PASSWORD', openPfx(iterations, '1234', nodeEngine));
  const salt = withParameters((parameters) => {
    parameters[21]! ^= 1;
    return parameters;
  });
  await rejects('ERROR_INVALID_PASSWORD', openPfx(salt, '1234', nodeEngine));
  const noKeyLength = withParameters((parameters) => {
    const without = Uint8Array.from([...parameters.subarray(0, 31), ...parameters.subarray(34)]);
    for (const at of [1, 3, 16]) without[at]! -= 3;
    return without;
  });
  await rejects('ERROR_INVALID_DATA', openPfx(noKeyLength, '1234', nodeEngine));
});
