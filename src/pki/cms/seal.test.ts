import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import type { HresultSymbol } from '#hresult/codes';
import { isHresult } from '#hresult/hresult-error';
import { octetString } from '../asn1/der-writer.ts';
import type { BlockCipher } from '../crypto/cipher-algorithm.ts';
import type { CryptoEngine, Decrypter, EcCurve, PrivateKey } from '../crypto/engine.ts';
import { nodeEngine as engine } from '../crypto/node/engine.ts';
import { attributeOf } from './attribute.ts';
import { decodeEnvelopedData, type EnvelopedData, encodeEnvelopedData } from './enveloped-data.ts';
import { openData, type Recipient, recipientIdentifiers } from './open.ts';
import type { KeyAgreeRecipientInfo, KeyTransRecipientInfo, RecipientIdentifier } from './recipient-info.ts';
import { sealData } from './seal.ts';

const aes256: BlockCipher = { name: 'aes-cbc', keyLength: 32 };
const CIPHERS: readonly BlockCipher[] = [
  { name: 'aes-cbc', keyLength: 16 },
  { name: 'aes-cbc', keyLength: 24 },
  aes256,
  { name: 'des-ede3-cbc' },
];
const CURVES: readonly EcCurve[] = ['P-256', 'P-384', 'P-521'];
const content = new TextEncoder().encode('the private key of somebody');
const ridOf = (n: number): RecipientIdentifier => ({ subjectKeyIdentifier: Uint8Array.of(n) });

let rsa: PrivateKey;
let otherRsa: PrivateKey;
const ec = new Map<EcCurve, PrivateKey>();

before(async () => {
  const make = async (parameters: Parameters<CryptoEngine['generateKey']>[0]) =>
    engine.importPrivateKey(await engine.generateKey(parameters));
  rsa = await make({ type: 'rsa', modulusLength: 2048 });
  otherRsa = await make({ type: 'rsa', modulusLength: 2048 });
  for (const curve of CURVES) ec.set(curve, await make({ type: 'ec', curve }));
});

function holder(decrypter: Decrypter, n: number): Recipient {
  return {
    decrypter,
    matches: (rid) => 'subjectKeyIdentifier' in rid && rid.subjectKeyIdentifier[0] === n,
  };
}

async function seal(key: PrivateKey, n = 1, cipher = aes256): Promise<EnvelopedData> {
  const recipients = [{ publicKey: key.publicKey, rid: ridOf(n) }];
  return decodeEnvelopedData(await sealData({ content, cipher, recipients, engine }));
}

async function rejectsWith(symbol: HresultSymbol, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => isHresult(error, symbol));
}

for (const cipher of CIPHERS) {
  const name = cipher.name === 'aes-cbc' ? `AES-${cipher.keyLength * 8}` : '3DES';
  test(`${name}: every recipient opens the message alone`, async () => {
    const keys = [rsa, otherRsa, ...ec.values()];
    const recipients = keys.map(({ publicKey }, n) => ({ publicKey, rid: ridOf(n) }));
    const bytes = await sealData({ content, cipher, recipients, engine });
    const message = decodeEnvelopedData(bytes);
    assert.deepEqual(encodeEnvelopedData(message), bytes);
    assert.deepEqual(
      recipientIdentifiers(message),
      keys.map((_, n) => ridOf(n)),
    );
    for (const [n, key] of keys.entries()) {
      assert.deepEqual(await openData(message, holder(key, n), engine), content);
    }
  });
}

test('RSAES-OAEP carries the key where the caller asks for it', async () => {
  for (const digest of ['sha1', 'sha256', 'sha512'] as const) {
    const transport = { name: 'rsa-oaep', digest } as const;
    const recipients = [{ publicKey: rsa.publicKey, rid: ridOf(1), transport }];
    const message = decodeEnvelopedData(await sealData({ content, cipher: aes256, recipients, engine }));
    const info = message.recipientInfos[0] as KeyTransRecipientInfo;
    assert.equal(info.keyEncryptionAlgorithm.algorithm, '1.2.840.113549.1.1.7');
    assert.deepEqual(await openData(message, holder(rsa, 1), engine), content);
  }
});

test('any content comes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), fc.constantFrom(...CIPHERS), async (data, cipher) => {
      const recipients = [{ publicKey: ec.get('P-256')!.publicKey, rid: ridOf(1) }];
      const message = decodeEnvelopedData(await sealData({ content: data, cipher, recipients, engine }));
      assert.deepEqual(await openData(message, holder(ec.get('P-256')!, 1), engine), data);
    }),
    { seed: 5652, numRuns: 40 },
  );
});

test('versions are those of RFC 5652 §6.1', async () => {
  const issuer = { raw: Uint8Array.of(0x30, 0), rdnSequence: [] };
  const byIssuer = { issuerAndSerialNumber: { issuer, serialNumber: Uint8Array.of(1) } };
  const toIssuer = { publicKey: rsa.publicKey, rid: byIssuer };
  const version = async (more: Partial<Parameters<typeof sealData>[0]>) => {
    const bytes = await sealData({ content, cipher: aes256, recipients: [toIssuer], engine, ...more });
    const { version, recipientInfos } = decodeEnvelopedData(bytes);
    return [version, ...recipientInfos.map((info) => (info.type === 'other' ? -1 : info.version))];
  };
  assert.deepEqual(await version({}), [0, 0]);
  assert.deepEqual(await version({ recipients: [{ publicKey: rsa.publicKey, rid: ridOf(1) }] }), [2, 2]);
  const toEc = { publicKey: ec.get('P-384')!.publicKey, rid: byIssuer };
  assert.deepEqual(await version({ recipients: [toIssuer, toEc] }), [2, 0, 3]);
  const unprotectedAttributes = [attributeOf('1.2.3', octetString(content))];
  assert.deepEqual(await version({ unprotectedAttributes }), [2, 0]);
});

test('a key of 3DES has odd parity and no content key outlives its message', async () => {
  const wrapped: Uint8Array[] = [];
  const copies: Uint8Array[] = [];
  const watching: CryptoEngine = {
    ...engine,
    wrapKey: (transport, publicKey, key) => {
      wrapped.push(key);
      copies.push(key.slice());
      return engine.wrapKey(transport, publicKey, key);
    },
  };
  const recipients = [{ publicKey: rsa.publicKey, rid: ridOf(1) }];
  await sealData({ content, cipher: { name: 'des-ede3-cbc' }, recipients, engine: watching });
  for (const octet of copies[0]!) {
    assert.equal([...octet.toString(2)].filter((bit) => bit === '1').length % 2, 1);
  }
  assert.deepEqual(wrapped[0], new Uint8Array(24));
});

test('a message sealed to others is refused by name', async () => {
  const message = await seal(rsa, 1);
  await rejectsWith('CRYPT_E_RECIPIENT_NOT_FOUND', openData(message, holder(rsa, 2), engine));
});

test('wrong padding, wrong length and wrong key give one and the same error', async () => {
  const message = await seal(rsa, 1);
  const info = message.recipientInfos[0] as KeyTransRecipientInfo;
  const withKey = (encryptedKey: Uint8Array): EnvelopedData => ({
    ...message,
    recipientInfos: [{ ...info, encryptedKey }],
  });
  const shortKey = await engine.wrapKey({ name: 'rsa-pkcs1' }, rsa.publicKey, new Uint8Array(16));
  const otherKey = await engine.wrapKey({ name: 'rsa-pkcs1' }, rsa.publicKey, engine.random(32));
  const broken = info.encryptedKey.slice();
  broken[100]! ^= 1;
  const texts = new Set<string>();
  const attempts = [shortKey, otherKey, broken, new Uint8Array(3)].map(
    (encryptedKey) => [withKey(encryptedKey), rsa] as const,
  );
  for (const [changed, key] of [...attempts, [message, otherRsa] as const]) {
    await openData(changed, holder(key, 1), engine).then(
      // One wrong key in 256 leaves padding that looks right: the content is then another, never the right one.
      (opened) => assert.notDeepEqual(opened, content),
      (error) => {
        assert.ok(isHresult(error, 'NTE_BAD_DATA'));
        assert.equal(error.cause, undefined);
        texts.add(error.message);
      },
    );
  }
  assert.equal(texts.size, 1);
});

test('an originator key off the curve, and a key that was wrapped for another, are bad data', async () => {
  const key = ec.get('P-256')!;
  const message = await seal(key, 1);
  const info = message.recipientInfos[0] as KeyAgreeRecipientInfo;
  assert.ok('originatorKey' in info.originator);
  const { algorithm, publicKey } = info.originator.originatorKey;
  const offCurve = publicKey.slice();
  offCurve[40]! ^= 1;
  const changed: EnvelopedData = {
    ...message,
    recipientInfos: [{ ...info, originator: { originatorKey: { algorithm, publicKey: offCurve } } }],
  };
  await rejectsWith('NTE_BAD_DATA', openData(changed, holder(key, 1), engine));
  const stranger = await engine.importPrivateKey(await engine.generateKey({ type: 'ec', curve: 'P-256' }));
  await rejectsWith('NTE_BAD_DATA', openData(message, holder(stranger, 1), engine));
});

test('an unknown cipher, key transport or key agreement is named', async () => {
  const unknown = { algorithm: '1.2.3.4', parameters: undefined };
  const message = await seal(rsa, 1);
  const cipher = { ...message.encryptedContentInfo, contentEncryptionAlgorithm: unknown };
  await rejectsWith('NTE_BAD_ALGID', openData({ ...message, encryptedContentInfo: cipher }, holder(rsa, 1), engine));
  for (const key of [rsa, ec.get('P-256')!]) {
    const sealed = await seal(key, 1);
    const recipientInfos = sealed.recipientInfos.map((info) =>
      info.type === 'other' ? info : { ...info, keyEncryptionAlgorithm: unknown },
    );
    await rejectsWith('NTE_BAD_ALGID', openData({ ...sealed, recipientInfos }, holder(key, 1), engine));
  }
});

test('key transport to an EC key is refused', async () => {
  const recipients = [
    { publicKey: ec.get('P-256')!.publicKey, rid: ridOf(1), transport: { name: 'rsa-pkcs1' } as const },
  ];
  await rejectsWith('NTE_BAD_ALGID', sealData({ content, cipher: aes256, recipients, engine }));
});

test('ciphertext in segments is joined, and written in segments again', async () => {
  const message = await seal(rsa, 1);
  const { encryptedContent } = message.encryptedContentInfo;
  const segments = [encryptedContent!.subarray(0, 5), encryptedContent!.subarray(5)];
  const bytes = encodeEnvelopedData({
    ...message,
    encryptedContentInfo: { ...message.encryptedContentInfo, segments },
  });
  const again = decodeEnvelopedData(bytes);
  assert.deepEqual(again.encryptedContentInfo.segments, segments);
  assert.deepEqual(encodeEnvelopedData(again), bytes);
  assert.deepEqual(await openData(again, holder(rsa, 1), engine), content);
});
