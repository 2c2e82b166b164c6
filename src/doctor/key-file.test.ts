/** Files as openssl, ssh-keygen and keytool leave them: those with a private key are told from those without. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { encodeBase64 } from '#pki/asn1/base64';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { publicKeyToken } from '#pki/keyblob/public-key-match';
import { sealPfx } from '#pki/pkcs12/seal';
import { mutate, randomNumbers } from '#test/support/mutation';
import { keyFile } from './key-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-key-file-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] });
}
const read = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
const utf8 = (text: string) => new TextEncoder().encode(text);

before(() => {
  openssl('genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', 'key.pem');
  openssl('req', '-x509', '-key', 'key.pem', '-subj', '/CN=x', '-out', 'certificate.pem');
});

/** The public keys that a file gives away; undefined for a file without a private key. */
const tokens = (bytes: Uint8Array, name = 'file') => keyFile(bytes, name)?.publicKeys;
let own: string;
before(() => {
  openssl('pkey', '-in', 'key.pem', '-pubout', '-outform', 'DER', '-out', 'public.der');
  own = publicKeyToken(read('public.der'))!;
});

test('a key in clear, in each form, is that key', () => {
  const legacy = ['-provider', 'legacy', '-provider', 'default'];
  openssl('rsa', '-in', 'key.pem', '-traditional', '-out', 'rsa.pem');
  openssl('rsa', '-in', 'key.pem', '-traditional', '-outform', 'DER', '-out', 'rsa.der');
  openssl('pkcs8', '-topk8', '-nocrypt', '-in', 'key.pem', '-outform', 'DER', '-out', 'pkcs8.der');
  openssl('rsa', '-in', 'key.pem', '-outform', 'PVK', '-pvk-none', '-out', 'clear.pvk', ...legacy);
  openssl('rsa', '-in', 'key.pem', '-outform', 'MSBLOB', '-out', 'key.blob');
  for (const name of ['key.pem', 'rsa.pem', 'rsa.der', 'pkcs8.der', 'clear.pvk', 'key.blob']) {
    assert.deepEqual(tokens(read(name)), [own], name);
    assert.equal(keyFile(read(name), name)!.isClear, true);
  }
  const text = readFileSync(join(folder, 'key.pem'), 'utf8');
  assert.deepEqual(tokens(new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'))), [own]);
  assert.deepEqual(tokens(utf8(encodeBase64(read('pkcs8.der')))), [own]);
  // Behind its certificate, as servers have it.
  assert.deepEqual(tokens(utf8(readFileSync(join(folder, 'certificate.pem'), 'utf8') + text)), [own]);
});

test('elliptic curves, and kinds of keys that are not known here', () => {
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-outform', 'DER', '-out', 'ec.der');
  assert.equal(tokens(read('ec.der'))!.length, 1);
  openssl('genpkey', '-algorithm', 'ED25519', '-out', 'ed.pem');
  openssl('genpkey', '-algorithm', 'ED25519', '-outform', 'DER', '-out', 'ed.der');
  for (const name of ['ed.pem', 'ed.der']) {
    assert.deepEqual([keyFile(read(name), name)!.isClear, tokens(read(name))], [true, []], name);
  }
});

test('a key under a password, whatever it is in', async () => {
  openssl('pkcs8', '-topk8', '-in', 'key.pem', '-passout', 'pass:abcd', '-out', 'sealed.pem');
  openssl('pkcs8', '-topk8', '-in', 'key.pem', '-passout', 'pass:abcd', '-outform', 'DER', '-out', 'sealed.der');
  openssl('rsa', '-in', 'key.pem', '-traditional', '-aes128', '-passout', 'pass:abcd', '-out', 'old.pem');
  const files = new Map([
    ['sealed.pem', read('sealed.pem')],
    ['sealed.der', read('sealed.der')],
    ['old.pem', read('old.pem')],
    ['pfx', await sealPfx({ keys: [], certificates: [] }, 'p', { algorithm: 'AES256_SHA256' }, engine)],
    ['jks', Uint8Array.from([0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, ...new Uint8Array(20)])],
    ['jceks', Uint8Array.from([0xce, 0xce, 0xce, 0xce, 0, 0, 0, 2, ...new Uint8Array(20)])],
    ['pvk', Uint8Array.from([0x1e, 0xf1, 0xb5, 0xb0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 16, 0, 0, 0, 4, 2, 0, 0])],
    ['alice.epf', utf8('[Section]\r\nName=Value\r\n')],
    [
      'recover.bat',
      utf8('CertUtil -p "x" -recoverkey a.rec a.p12\r\nCertUtil -p "x,y" -MergePFX a.p12,b.p12 c.p12\r\n'),
    ],
    ['ssh', utf8('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n')],
  ]);
  for (const [name, bytes] of files) {
    const found = keyFile(bytes, name);
    assert.deepEqual([found?.isClear, found?.publicKeys], [false, []], name);
  }
});

test('what holds no private key', () => {
  openssl('x509', '-in', 'certificate.pem', '-outform', 'DER', '-out', 'certificate.der');
  openssl('req', '-new', '-key', 'key.pem', '-subj', '/CN=x', '-outform', 'DER', '-out', 'request.der');
  for (const name of ['certificate.pem', 'certificate.der', 'request.der', 'public.der']) {
    assert.equal(keyFile(read(name), name), undefined, name);
  }
  // DigestInfo has the shape of an encrypted key.
  const digestInfo = Buffer.from('3021300906052b0e03021a05000414', 'hex');
  const others = [
    new Uint8Array(0),
    utf8('hello'),
    utf8('[Section]\n'),
    Uint8Array.from([...digestInfo, ...Array(20)]),
  ];
  for (const bytes of others) assert.equal(keyFile(bytes, 'file'), undefined);
});

test('whatever is in a file, nothing is thrown', () => {
  const misshapen = read('ec.der');
  misshapen[misshapen.length - 65]! ^= 1;
  assert.deepEqual(tokens(misshapen), []);
  const random = randomNumbers(0x6b65);
  const seeds = ['key.pem', 'rsa.der', 'pkcs8.der', 'clear.pvk', 'key.blob', 'ec.der', 'sealed.der'].map(read);
  for (let run = 0; run < 1500; run++) keyFile(mutate(seeds[run % seeds.length]!, random), 'file');
});
