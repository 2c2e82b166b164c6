import { formatHex, parseHex } from '../../asn1/bytes.ts';
import type { CryptoEngine, SignatureScheme } from '../engine.ts';
import { decodePrivateKeyInfo, privateKeyKind, rsaPrivateKeyInfo } from '../private-key-info.ts';
import { rsaPublicKeyInfo } from '../public-key.ts';
import { type EngineCheck, fails, isSame, mutations, neverElse, text } from './check.suite.ts';

export function badKeyChecks(engine: CryptoEngine): EngineCheck[] {
  return [
    {
      name: 'an RSA key with one wrong number is refused',
      run: async () => {
        const kind = privateKeyKind(await engine.generateKey({ type: 'rsa', modulusLength: 1024 }));
        if (kind.type !== 'rsa') throw new Error('no RSA key');
        const names = [
          'modulus',
          'privateExponent',
          'prime1',
          'prime2',
          'exponent1',
          'exponent2',
          'coefficient',
          'publicExponent',
        ] as const;
        for (const name of names) {
          for (const number of [kind[name].map((octet, i) => (i === 1 ? octet ^ 2 : octet)), Uint8Array.of(1)]) {
            const spoilt = rsaPrivateKeyInfo({ ...kind, [name]: number });
            await fails('NTE_BAD_KEY', name, () => engine.importPrivateKey(spoilt));
          }
        }
        const swapped = rsaPrivateKeyInfo({ ...kind, prime1: kind.prime2, prime2: kind.prime1 });
        await fails('NTE_BAD_KEY', 'primes the other way round', () => engine.importPrivateKey(swapped));
      },
    },
    {
      name: 'attributes of PKCS#8 do not disturb the import',
      run: async () => {
        // X509v3 KeyUsage 10, as Windows writes it into the private key of a PFX.
        const attributes = parseHex('a00d300b0603551d0f310403020010');
        const plain = await engine.generateKey({ type: 'rsa', modulusLength: 1024 });
        const kind = privateKeyKind(plain);
        if (kind.type !== 'rsa') throw new Error('no RSA key');
        const dressed = rsaPrivateKeyInfo(kind, attributes);
        isSame(decodePrivateKeyInfo(dressed).attributes!, attributes, 'attributes');
        isSame(await (await engine.importPrivateKey(dressed)).exportPkcs8(), plain, 'exported');
      },
    },
    {
      name: 'keys of other kinds, and no keys',
      run: async () => {
        const ed25519 = parseHex(`302e020100300506032b657004220420${'11'.repeat(32)}`);
        const ed25519Public = parseHex(`302a300506032b6570032100${'11'.repeat(32)}`);
        const data = text('x');
        const scheme: SignatureScheme = { name: 'rsa-pkcs1', digest: 'sha256' };
        await fails('NTE_BAD_ALGID', 'Ed25519', () => engine.importPrivateKey(ed25519));
        await fails('NTE_BAD_ALGID', 'Ed25519 public', () => engine.verify(scheme, ed25519Public, data, data));
        for (const nothing of [new Uint8Array(0), data, parseHex('3000'), parseHex('30820100')]) {
          await fails('NTE_BAD_KEY', 'import', () => engine.importPrivateKey(nothing));
          await fails('NTE_BAD_KEY', 'verify', () => engine.verify(scheme, nothing, data, data));
          await fails('NTE_BAD_KEY', 'wrap', () => engine.wrapKey({ name: 'rsa-pkcs1' }, nothing, data));
        }
        const huge = new Uint8Array(4000).fill(0xff);
        for (const [modulus, exponent] of [
          [huge, parseHex('010001')],
          [huge.subarray(0, 128), huge.subarray(0, 100)],
          [huge.subarray(0, 128), parseHex('01')],
          [huge.subarray(0, 128), parseHex('010000')],
          [parseHex('00'), parseHex('03')],
          [huge.subarray(0, 16), parseHex('010001')],
        ] as const) {
          const spki = rsaPublicKeyInfo(modulus, exponent);
          await fails('NTE_BAD_KEY', 'RSA out of bounds', () => engine.verify(scheme, spki, data, data));
          await fails('NTE_BAD_KEY', 'RSA out of bounds', () => engine.wrapKey({ name: 'rsa-pkcs1' }, spki, data));
        }
      },
    },
    {
      name: 'mutated keys raise nothing but HRESULTs',
      run: async () => {
        const data = text('x');
        for (const parameters of [
          { type: 'rsa', modulusLength: 1024 },
          { type: 'ec', curve: 'P-256' },
        ] as const) {
          const pkcs8 = await engine.generateKey(parameters);
          const { publicKey } = await engine.importPrivateKey(pkcs8);
          const scheme: SignatureScheme =
            parameters.type === 'rsa'
              ? { name: 'rsa-pss', digest: 'sha256', saltLength: 8 }
              : { name: 'ecdsa', digest: 'sha1' };
          for (const bad of mutations(pkcs8, 250)) {
            await neverElse(formatHex(bad), async () => (await engine.importPrivateKey(bad)).sign(scheme, data));
          }
          for (const bad of mutations(publicKey, 250)) {
            await neverElse(formatHex(bad), () => engine.verify(scheme, bad, data, new Uint8Array(128)));
            await neverElse(formatHex(bad), () => engine.wrapKey({ name: 'rsa-pkcs1' }, bad, data));
            await neverElse(formatHex(bad), () => engine.wrapKey({ name: 'rsa-oaep', digest: 'sha1' }, bad, data));
          }
        }
      },
    },
  ];
}
