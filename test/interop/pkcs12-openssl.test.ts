/** PFX files that openssl writes are read, and those we write openssl reads. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { nodeEngine } from '#pki/crypto/node/engine';
import { webEngine } from '#pki/crypto/web/engine';
import { openPfx } from '#pki/pkcs12/open';
import { sealPfx } from '#pki/pkcs12/seal';
import { Folder } from './cms-parties.ts';
import { type Chain, makeChain, open, plainKey, sealChain, summary } from './pkcs12-chain.ts';

const folder = new Folder();
let rsa: Chain;
let ec: Chain;

before(() => {
  rsa = makeChain(folder, 'rsa');
  ec = makeChain(folder, 'ec');
});

after(() => folder.remove());

function exportChain({ prefix }: Chain, password: string, ...options: readonly string[]): Uint8Array {
  folder.run(
    `openssl pkcs12 -export -inkey ${prefix}leaf.key -in ${prefix}leaf.pem -certfile ${prefix}root.pem -out theirs.p12 -passout`,
    `pass:${password}`,
    ...options,
  );
  return folder.read('theirs.p12');
}

const VARIANTS: readonly (readonly string[])[] = [
  [],
  ['-legacy'],
  ['-legacy', '-descert'],
  ['-legacy', '-keypbe', 'PBE-SHA1-RC4-128', '-certpbe', 'PBE-SHA1-RC4-40'],
  ['-legacy', '-keypbe', 'PBE-SHA1-2DES', '-certpbe', 'PBE-SHA1-RC2-128'],
  ['-legacy', '-keypbe', 'rc2-cbc', '-certpbe', 'rc2-40-cbc'],
  ['-keypbe', 'aes-128-cbc', '-certpbe', 'des-ede3-cbc'],
  ['-keypbe', 'aes-192-cbc', '-certpbe', 'NONE'],
  ['-keypbe', 'NONE', '-certpbe', 'NONE'],
  ['-macalg', 'sha1', '-iter', '1'],
  ['-macalg', 'sha384', '-iter', '5000'],
  ['-macalg', 'sha512', '-nomaciter'],
  ['-noiter'],
];

for (const options of VARIANTS) {
  test(`a file of openssl pkcs12 -export ${options.join(' ')} is read`, async () => {
    for (const chain of [rsa, ec]) {
      for (const password of ['secret', '', 'Grüße €']) {
        const pfx = exportChain(chain, password, ...options);
        const expected = { pairs: [[chain.pkcs8, chain.leaf]], others: [chain.root] };
        assert.deepEqual(summary(await open(pfx, password)), expected);
        await assert.rejects(open(pfx, 'wrong'), (error) => isHresult(error, 'ERROR_INVALID_PASSWORD'));
      }
    }
  });
}

test('the web engine reads old files too', async () => {
  const pfx = exportChain(rsa, 'secret', '-legacy');
  const contents = await openPfx(pfx, 'secret', webEngine(globalThis.crypto));
  assert.deepEqual(summary(contents), { pairs: [[rsa.pkcs8, rsa.leaf]], others: [rsa.root] });
});

test('the attributes of Windows that openssl writes are read', async () => {
  const names = ['-name', 'Contoso CA', '-CSP', 'Microsoft Strong Cryptographic Provider', '-LMK'];
  for (const [use, keySpecBits] of [
    ['-keyex', 0x10],
    ['-keysig', 0x80],
  ] as const) {
    const { keys, certificates } = await open(exportChain(rsa, 'secret', ...names, use), 'secret');
    const key = keys[0]!;
    assert.deepEqual(
      [key.friendlyName, key.cspName, key.machineKeyset, key.keySpecBits],
      ['Contoso CA', 'Microsoft Strong Cryptographic Provider', true, keySpecBits],
    );
    const fingerprint = new X509Certificate(rsa.leaf).fingerprint.replaceAll(':', '').toLowerCase();
    assert.equal(Buffer.from(key.localKeyId!).toString('hex'), fingerprint);
    assert.deepEqual(certificates[0]!.localKeyId, key.localKeyId);
  }
  const plain = (await open(exportChain(rsa, 'secret'), 'secret')).keys[0]!;
  assert.deepEqual([plain.cspName, plain.machineKeyset, plain.keySpecBits], [undefined, false, undefined]);
});

test('a file without MAC is refused', async () => {
  const pfx = exportChain(rsa, 'secret', '-nomac');
  await assert.rejects(open(pfx, 'secret'), (error) => isHresult(error, 'ERROR_INVALID_DATA'));
});

/** What openssl says of the bags, without keys, certificates and the lines about algorithms. */
function bagText(file: string, password: string): string {
  const text = folder.run(`openssl pkcs12 -in ${file} -noenc -passin`, `pass:${password}`);
  return text.replace(/-----BEGIN.*?-----END [A-Z ]+-----\n/gs, '');
}

for (const algorithm of ['AES256_SHA256', 'TripleDES_SHA1'] as const) {
  for (const encryptCertificates of [true, false]) {
    test(`openssl reads our ${algorithm} file, certificates ${encryptCertificates ? 'encrypted' : 'in clear'}`, async () => {
      for (const chain of [rsa, ec]) {
        for (const password of ['secret', '', 'Grüße €']) {
          folder.write('ours.p12', await sealChain(chain, password, { algorithm, encryptCertificates }));
          folder.run('openssl pkcs12 -in ours.p12 -nocerts -noenc -out key.pem -passin', `pass:${password}`);
          assert.deepEqual(plainKey(folder, 'key.pem'), chain.pkcs8);
          for (const [which, expected] of [
            ['-clcerts', chain.leaf],
            ['-cacerts', chain.root],
          ] as const) {
            folder.run(`openssl pkcs12 -in ours.p12 -nokeys ${which} -out cert.pem -passin`, `pass:${password}`);
            assert.deepEqual(new Uint8Array(new X509Certificate(folder.read('cert.pem')).raw), expected);
          }
          const text = bagText('ours.p12', password);
          assert.match(text, /Microsoft Local Key set: <No Values>\s+localKeyID: 01 00 00 00\s+friendlyName: te-0f6c/);
          assert.match(text, /Microsoft CSP Name: Microsoft Software Key Storage Provider/);
          assert.match(text, /Key Attributes\s+X509v3 Key Usage: 10/);
          assert.match(text, /localKeyID: 01 00 00 00\s+friendlyName: alice/);
        }
      }
    });
  }
}

test('opened and sealed again, a file of openssl keeps all that it says', async () => {
  const names = ['-name', 'Contoso CA', '-caname', 'the root', '-CSP', 'Some Provider', '-LMK', '-keysig'];
  const contents = await open(exportChain(rsa, 'secret', ...names), 'secret');
  folder.write('again.p12', await sealPfx(contents, 'other', { algorithm: 'AES256_SHA256' }, nodeEngine));
  const lines = (file: string, password: string) => bagText(file, password).split('\n').sort();
  assert.deepEqual(lines('again.p12', 'other'), lines('theirs.p12', 'secret'));
});

test('openssl derives what we derive, and its MAC is over our bytes', async () => {
  folder.write('ours.p12', await sealChain(rsa, 'secret', { algorithm: 'AES256_SHA256' }));
  const info = folder.run('openssl pkcs12 -in ours.p12 -info -noout -passin pass:secret');
  assert.match(info, /MAC: sha256, Iteration 100000\s+MAC length: 32, salt length: 20/);
  assert.match(info, /Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256/);
  assert.match(info, /PKCS7 Encrypted data: PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256/);
  assert.throws(() => folder.run('openssl pkcs12 -in ours.p12 -noout -passin pass:wrong'), /invalid password/);
});
