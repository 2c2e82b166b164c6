/** Keys, signatures, transported keys and old ciphers between our engines and the openssl command, both ways. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Cipher, CryptoEngine, KeyTransport, SignatureScheme } from '#pki/crypto/engine';
import { nodeEngine } from '#pki/crypto/node/engine';
import { decodePrivateKeyInfo, ecPrivateKeyInfo, privateKeyKind } from '#pki/crypto/private-key-info';
import { webEngine } from '#pki/crypto/web/engine';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-openssl-'));
after(() => rmSync(folder, { recursive: true }));

function path(name: string): string {
  return join(folder, name);
}

function write(name: string, bytes: Uint8Array): string {
  writeFileSync(path(name), bytes);
  return path(name);
}

function read(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(path(name)));
}

function openssl(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  assert.equal(status, 0, `openssl ${args.join(' ')}\n${stderr}`);
  return stdout;
}

/** A new pair of openssl's as PKCS#8 and SubjectPublicKeyInfo, in DER. */
function opensslKey(name: string, ...options: readonly string[]): { pkcs8: Uint8Array; spki: Uint8Array } {
  openssl('genpkey', ...options, '-out', path(`${name}.pem`));
  const made = ['-topk8', '-nocrypt', '-in', path(`${name}.pem`)];
  openssl('pkcs8', ...made, '-outform', 'DER', '-out', path(`${name}.p8`));
  openssl(
    'pkey',
    '-inform',
    'DER',
    '-in',
    path(`${name}.p8`),
    '-pubout',
    '-outform',
    'DER',
    '-out',
    path(`${name}.spki`),
  );
  return { pkcs8: read(`${name}.p8`), spki: read(`${name}.spki`) };
}

const rsa = opensslKey('rsa', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048');
const ec = ['P-256', 'P-384', 'P-521'].map((curve) =>
  opensslKey(curve, '-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${curve}`),
);

const SIGNATURES: readonly (readonly [SignatureScheme, key: string, options: readonly string[]])[] = [
  [{ name: 'rsa-pkcs1', digest: 'sha256' }, 'rsa', ['-sha256']],
  [{ name: 'rsa-pkcs1', digest: 'sha1' }, 'rsa', ['-sha1']],
  [{ name: 'rsa-pkcs1', digest: 'md5' }, 'rsa', ['-md5']],
  [
    { name: 'rsa-pss', digest: 'sha256', saltLength: 32 },
    'rsa',
    ['-sha256', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32'],
  ],
  [
    { name: 'rsa-pss', digest: 'sha1', saltLength: 20 },
    'rsa',
    ['-sha1', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:20'],
  ],
  [{ name: 'ecdsa', digest: 'sha256' }, 'P-256', ['-sha256']],
  [{ name: 'ecdsa', digest: 'sha384' }, 'P-384', ['-sha384']],
  [{ name: 'ecdsa', digest: 'sha512' }, 'P-521', ['-sha512']],
];

const TRANSPORTS: readonly (readonly [KeyTransport, readonly string[]])[] = [
  [{ name: 'rsa-pkcs1' }, ['rsa_padding_mode:pkcs1']],
  [{ name: 'rsa-oaep', digest: 'sha1' }, ['rsa_padding_mode:oaep']],
  [{ name: 'rsa-oaep', digest: 'sha256' }, ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256']],
];

const CIPHERS: readonly (readonly [Cipher, name: string, keyLength: number, ivLength: number])[] = [
  [{ name: 'rc2-cbc', effectiveBits: 40 }, 'rc2-40-cbc', 5, 8],
  [{ name: 'rc2-cbc', effectiveBits: 64 }, 'rc2-64-cbc', 8, 8],
  [{ name: 'rc2-cbc', effectiveBits: 128 }, 'rc2-cbc', 16, 8],
  [{ name: 'des-ede3-cbc' }, 'des-ede3-cbc', 24, 8],
  [{ name: 'aes-cbc', keyLength: 24 }, 'aes-192-cbc', 24, 16],
  [{ name: 'rc4' }, 'rc4', 16, 0],
];

function interop(engine: CryptoEngine): void {
  for (const [scheme, name, options] of SIGNATURES) {
    test(`${scheme.name} with ${scheme.digest} by ${name}`, async () => {
      const key = await engine.importPrivateKey(read(`${name}.p8`));
      assert.deepEqual(key.publicKey, read(`${name}.spki`));
      const data = engine.random(500);
      const file = write('data', data);
      write('ours.sig', await key.sign(scheme, data));
      const verdict = openssl(
        ...['dgst', ...options, '-keyform', 'DER', '-verify', path(`${name}.spki`)],
        ...['-signature', path('ours.sig'), file],
      );
      assert.match(verdict, /Verified OK/);
      openssl('dgst', ...options, '-keyform', 'DER', '-sign', path(`${name}.p8`), '-out', path('theirs.sig'), file);
      assert.equal(await engine.verify(scheme, key.publicKey, data, read('theirs.sig')), true);
      data[0]! ^= 1;
      assert.equal(await engine.verify(scheme, key.publicKey, data, read('theirs.sig')), false);
    });
  }

  for (const [transport, pkeyopts] of TRANSPORTS) {
    const options = pkeyopts.flatMap((option) => ['-pkeyopt', option]);
    test(`a key transported by ${pkeyopts.join(', ')}`, async () => {
      const key = await engine.importPrivateKey(rsa.pkcs8);
      const secret = engine.random(24);
      const common = ['-keyform', 'DER', ...options, '-in'];
      const theirs = ['-encrypt', '-pubin', '-inkey', path('rsa.spki'), ...common, write('secret', secret)];
      openssl('pkeyutl', ...theirs, '-out', path('theirs.key'));
      assert.deepEqual(await key.unwrapKey(transport, read('theirs.key'), 24), secret);
      const ours = write('ours.key', await engine.wrapKey(transport, rsa.spki, secret));
      openssl('pkeyutl', '-decrypt', '-inkey', path('rsa.p8'), ...common, ours, '-out', path('opened'));
      assert.deepEqual(read('opened'), secret);
    });
  }

  for (const [i, curve] of (['P-256', 'P-384', 'P-521'] as const).entries()) {
    test(`a secret agreed on ${curve}`, async () => {
      const mine = await engine.importPrivateKey(await engine.generateKey({ type: 'ec', curve }));
      openssl(
        ...['pkeyutl', '-derive', '-keyform', 'DER', '-inkey', path(`${curve}.p8`)],
        ...['-peerform', 'DER', '-peerkey', write('peer.spki', mine.publicKey), '-out', path('shared')],
      );
      assert.deepEqual(await mine.agree(ec[i]!.spki), read('shared'));
    });
  }

  test('keys we make are sound, and EC keys without their point are read', async () => {
    for (const parameters of [
      { type: 'rsa', modulusLength: 2048 },
      { type: 'ec', curve: 'P-521' },
    ] as const) {
      const pkcs8 = await engine.generateKey(parameters);
      const checked = openssl('pkey', '-inform', 'DER', '-in', write('made.p8', pkcs8), '-check', '-noout');
      assert.match(checked, /Key is valid/);
      const kind = privateKeyKind(pkcs8);
      if (kind.type !== 'ec') continue;
      const bare = write('bare.p8', ecPrivateKeyInfo(kind.curve, kind.d));
      openssl('pkey', '-inform', 'DER', '-in', bare, '-pubout', '-outform', 'DER', '-out', path('bare.spki'));
      assert.deepEqual((await engine.importPrivateKey(read('bare.p8'))).publicKey, read('bare.spki'));
    }
  });

  for (const [cipher, name, keyLength, ivLength] of CIPHERS) {
    test(`content under ${name}`, async () => {
      const [key, iv, data] = [engine.random(keyLength), engine.random(ivLength), engine.random(333)];
      const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
      const options = ['enc', `-${name}`, '-provider', 'legacy', '-provider', 'default', '-K', hex(key)];
      if (ivLength > 0) options.push('-iv', hex(iv));
      openssl(...options, '-in', write('plain', data), '-out', path('sealed'));
      assert.deepEqual(await engine.encrypt(cipher, key, iv, data), read('sealed'));
      assert.deepEqual(await engine.decrypt(cipher, key, iv, read('sealed')), data);
    });
  }
}

describe('openssl and the node engine', () => interop(nodeEngine));
describe('openssl and the web engine', () => interop(webEngine(globalThis.crypto)));

test('PKCS#8 of openssl names its algorithm as we do', () => {
  assert.equal(decodePrivateKeyInfo(rsa.pkcs8).privateKeyAlgorithm.algorithm, '1.2.840.113549.1.1.1');
  assert.deepEqual(
    ec.map(({ pkcs8 }) => {
      const kind = privateKeyKind(pkcs8);
      return kind.type === 'ec' && kind.curve;
    }),
    ['P-256', 'P-384', 'P-521'],
  );
});
