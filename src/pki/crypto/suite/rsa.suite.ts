import { formatHex } from '../../asn1/bytes.ts';
import type { CryptoEngine, DigestAlgorithm, KeyTransport, SignatureScheme } from '../engine.ts';
import { privateKeyKind, rsaPrivateKeyInfo } from '../private-key-info.ts';
import { publicKeyKind, rsaPublicKeyInfo } from '../public-key.ts';
import { rsaPublicOperation } from '../web/rsa.ts';
import { type EngineCheck, fails, isSame, isTrue, text } from './check.suite.ts';

const DIGESTS: readonly DigestAlgorithm[] = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'];

function rsaSchemes(): SignatureScheme[] {
  return [
    ...DIGESTS.map((digest) => ({ name: 'rsa-pkcs1', digest }) as const),
    { name: 'rsa-pss', digest: 'sha1', saltLength: 20 },
    { name: 'rsa-pss', digest: 'sha256', saltLength: 32 },
    { name: 'rsa-pss', digest: 'sha384', saltLength: 0 },
  ];
}

const TRANSPORTS: readonly KeyTransport[] = [
  { name: 'rsa-pkcs1' },
  { name: 'rsa-oaep', digest: 'sha1' },
  { name: 'rsa-oaep', digest: 'sha256' },
];

export function rsaChecks(engine: CryptoEngine): EngineCheck[] {
  const makeKey = async () => {
    const pkcs8 = await engine.generateKey({ type: 'rsa', modulusLength: 1024 });
    return { pkcs8, key: await engine.importPrivateKey(pkcs8) };
  };
  return [
    {
      name: 'an RSA key as it is made, exported and imported again',
      run: async () => {
        const { pkcs8, key } = await makeKey();
        const kind = privateKeyKind(pkcs8);
        isTrue(kind.type === 'rsa' && kind.modulus.length === 128, 'another key than asked for');
        if (kind.type !== 'rsa') return;
        isSame(kind.publicExponent, '010001', 'public exponent');
        isSame(key.publicKey, rsaPublicKeyInfo(kind.modulus, kind.publicExponent), 'public key');
        isSame(pkcs8, rsaPrivateKeyInfo(kind), 'the canonical encoding');
        isSame(await key.exportPkcs8(), pkcs8, 'the exported key');
        for (const modulusLength of [0, 511, 1023.5, 100_000, Number.NaN]) {
          await fails('NTE_BAD_LEN', `${modulusLength} bits`, () => engine.generateKey({ type: 'rsa', modulusLength }));
        }
      },
    },
    {
      name: 'an RSA signature without its leading zero is none',
      run: async () => {
        const { key } = await makeKey();
        for (const scheme of rsaSchemes().filter(({ digest }) => digest === 'sha384')) {
          let data = text('');
          let signature = await key.sign(scheme, data);
          // One in 256 begins with a zero.
          for (let count = 1; signature[0] !== 0; count++) {
            data = text(String(count));
            signature = await key.sign(scheme, data);
          }
          isTrue(await engine.verify(scheme, key.publicKey, data, signature), scheme.name);
          isTrue(!(await engine.verify(scheme, key.publicKey, data, signature.slice(1))), `${scheme.name}: shortened`);
        }
      },
    },
    {
      name: 'RSA signatures of every scheme',
      run: async () => {
        const { key } = await makeKey();
        const other = await makeKey();
        const data = text('to be signed');
        for (const scheme of rsaSchemes()) {
          const what = `${scheme.name} ${scheme.digest}`;
          const signature = await key.sign(scheme, data);
          isTrue(signature.length === 128 && signature.constructor === Uint8Array, `${what}: shape`);
          isTrue(await engine.verify(scheme, key.publicKey, data, signature), what);
          isTrue(!(await engine.verify(scheme, key.publicKey, text('To be signed'), signature)), `${what}: other data`);
          isTrue(!(await engine.verify(scheme, other.key.publicKey, data, signature)), `${what}: other key`);
          for (const bad of [
            signature.slice(1),
            new Uint8Array(0),
            new Uint8Array(128).fill(0xff),
            new Uint8Array(129),
          ]) {
            isTrue(!(await engine.verify(scheme, key.publicKey, data, bad)), `${what}: ${bad.length} bytes`);
          }
        }
        const empty = await key.sign({ name: 'rsa-pkcs1', digest: 'sha256' }, new Uint8Array(0));
        isTrue(
          await engine.verify({ name: 'rsa-pkcs1', digest: 'sha256' }, key.publicKey, new Uint8Array(0), empty),
          'empty',
        );
      },
    },
    {
      name: 'schemes that do not fit the key',
      run: async () => {
        const { key } = await makeKey();
        const data = text('x');
        const schemes: SignatureScheme[] = [
          { name: 'ecdsa', digest: 'sha256' },
          { name: 'rsa-pss', digest: 'md5', saltLength: 16 },
        ];
        for (const scheme of schemes) {
          await fails('NTE_BAD_ALGID', 'sign', () => key.sign(scheme, data));
          await fails('NTE_BAD_ALGID', 'verify', () => engine.verify(scheme, key.publicKey, data, data));
        }
        for (const saltLength of [-1, -2, 63, 1.5, 1_000_000]) {
          const scheme: SignatureScheme = { name: 'rsa-pss', digest: 'sha512', saltLength };
          await fails('NTE_BAD_LEN', `salt ${saltLength}`, () => key.sign(scheme, data));
          isTrue(!(await engine.verify(scheme, key.publicKey, data, new Uint8Array(128))), `salt ${saltLength}`);
        }
        await fails('NTE_BAD_ALGID', 'agree', () => key.agree(key.publicKey));
      },
    },
    {
      name: 'keys transported and not',
      run: async () => {
        const { key } = await makeKey();
        for (const transport of TRANSPORTS) {
          const longest = transport.name === 'rsa-pkcs1' ? 117 : transport.digest === 'sha1' ? 86 : 62;
          for (const length of [1, 16, 24, 32, longest]) {
            const secret = engine.random(length);
            const sealed = await engine.wrapKey(transport, key.publicKey, secret);
            isTrue(sealed.length === 128, 'length of the sealed key');
            isSame(await key.unwrapKey(transport, sealed, length), secret, `${transport.name} of ${length}`);
          }
          await fails('NTE_BAD_LEN', 'too long', () =>
            engine.wrapKey(transport, key.publicKey, new Uint8Array(longest + 1)),
          );
          await answersRandom(transport, key.publicKey);
        }
        async function answersRandom(transport: KeyTransport, publicKey: Uint8Array): Promise<void> {
          const secret = engine.random(24);
          const sealed = await engine.wrapKey(transport, publicKey, secret);
          const flipped = Uint8Array.from(sealed);
          flipped[64]! ^= 1;
          const cases: readonly (readonly [string, Uint8Array, number])[] = [
            ['a flipped bit', flipped, 24],
            ['a cut ciphertext', sealed.slice(1), 24],
            ['nothing', new Uint8Array(0), 24],
            ['a number over the modulus', new Uint8Array(128).fill(0xff), 24],
            ['zero', new Uint8Array(128), 24],
            ['another length than asked for', sealed, 16],
            ['a longer one', sealed, 32],
            ['a length that fits no modulus', sealed, 128],
          ];
          for (const [what, ciphertext, length] of cases) {
            const first = await key.unwrapKey(transport, ciphertext, length);
            const second = await key.unwrapKey(transport, ciphertext, length);
            isTrue(first.length === length && second.length === length, `${what}: length`);
            isTrue(formatHex(first) !== formatHex(second), `${what}: the same answer twice`);
            isTrue(first.constructor === Uint8Array, `${what}: not a plain Uint8Array`);
          }
        }
      },
    },
    {
      name: 'every way a PKCS#1 v1.5 block can be wrong looks like a wrong key',
      run: async () => {
        const { key } = await makeKey();
        const kind = publicKeyKind(key.publicKey);
        if (kind.type !== 'rsa') throw new Error('no RSA key');
        const secret = engine.random(16);
        const good = new Uint8Array(128).fill(0x5a);
        good.set([0, 2]);
        good[111] = 0;
        good.set(secret, 112);
        const unwrap = (block: Uint8Array) =>
          key.unwrapKey({ name: 'rsa-pkcs1' }, rsaPublicOperation(kind, block)!, 16);
        isSame(await unwrap(good), secret, 'the good block');
        const wrong: readonly (readonly [string, number, number])[] = [
          ['first octet', 0, 1],
          ['block type 1', 1, 1],
          ['block type 0', 1, 0],
          ['a zero at the start of PS', 2, 0],
          ['a zero among the first eight', 9, 0],
          ['a zero later in PS', 60, 0],
          ['a zero at the end of PS', 110, 0],
          ['no separator', 111, 1],
          ['no separator, high bit', 111, 0x80],
        ];
        for (const [what, at, value] of wrong) {
          const block = Uint8Array.from(good);
          block[at] = value;
          const [first, second] = [await unwrap(block), await unwrap(block)];
          isTrue(first.length === 16 && formatHex(first) !== formatHex(secret), `${what}: the key came out`);
          isTrue(formatHex(first) !== formatHex(second), `${what}: the same answer twice`);
        }
      },
    },
    {
      name: 'a destroyed key is of no use',
      run: async () => {
        const { key, pkcs8 } = await makeKey();
        const sealed = await engine.wrapKey({ name: 'rsa-pkcs1' }, key.publicKey, new Uint8Array(16));
        pkcs8.fill(0);
        isSame(
          await key.unwrapKey({ name: 'rsa-pkcs1' }, sealed, 16),
          new Uint8Array(16),
          'after the wipe of its bytes',
        );
        key.destroy();
        key.destroy();
        const scheme: SignatureScheme = { name: 'rsa-pkcs1', digest: 'sha256' };
        await fails('NTE_INVALID_HANDLE', 'sign', () => key.sign(scheme, sealed));
        await fails('NTE_INVALID_HANDLE', 'unwrap', () => key.unwrapKey({ name: 'rsa-pkcs1' }, sealed, 16));
        await fails('NTE_INVALID_HANDLE', 'export', () => key.exportPkcs8());
      },
    },
  ];
}
