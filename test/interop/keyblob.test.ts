/** Key blobs against openssl: its MSBLOB is the PRIVATEKEYBLOB and PUBLICKEYBLOB of CryptoAPI. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { decodeBcryptEccBlob, encodeBcryptEccBlob } from '#pki/keyblob/bcrypt-ecc-blob';
import { decodeBcryptRsaBlob, encodeBcryptRsaBlob } from '#pki/keyblob/bcrypt-rsa-blob';
import { decodeCapiPublicKeyBlob, encodeCapiPrivateKeyBlob, encodeCapiPublicKeyBlob } from '#pki/keyblob/capi-blob';
import { decodeKeyBlob } from '#pki/keyblob/key-blob';
import { computePublicKey } from '#pki/keyblob/public-key-match';
import { Folder } from './cms-parties.ts';

const folder = new Folder();
after(() => folder.remove());

function makeRsa(bits: number): Uint8Array {
  folder.run(`openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:${bits} -out rsa.pem`);
  folder.run('openssl pkcs8 -topk8 -nocrypt -in rsa.pem -outform DER -out rsa.p8');
  return folder.read('rsa.p8');
}

for (const bits of [1024, 2048, 3072]) {
  test(`openssl writes an MSBLOB of ${bits} bits and we read it; it reads ours`, () => {
    const pkcs8 = makeRsa(bits);
    folder.run('openssl rsa -inform DER -in rsa.p8 -outform MSBLOB -out private.blob');
    folder.run('openssl rsa -inform DER -in rsa.p8 -pubout -outform MSBLOB -out public.blob');
    const theirs = folder.read('private.blob');
    assert.deepEqual(decodeKeyBlob(theirs), { format: 'capi', pkcs8, usage: 'exchange', keySpec: 1 });
    assert.deepEqual(encodeCapiPrivateKeyBlob(pkcs8), theirs);
    const publicKey = computePublicKey(pkcs8);
    assert.deepEqual(decodeCapiPublicKeyBlob(folder.read('public.blob')).publicKey, publicKey);
    assert.deepEqual(encodeCapiPublicKeyBlob(publicKey), folder.read('public.blob'));

    folder.write('ours.blob', encodeCapiPrivateKeyBlob(pkcs8));
    assert.match(folder.run('openssl rsa -inform MSBLOB -in ours.blob -check -noout'), /RSA key ok/);
  });
}

test('openssl finds the key whole that the short blob of CNG left half out', () => {
  for (const bits of [1024, 2048, 4096]) {
    folder.write('completed.p8', decodeBcryptRsaBlob(encodeBcryptRsaBlob(makeRsa(bits), 'RSA2')));
    assert.match(folder.run('openssl rsa -inform DER -in completed.p8 -check -noout'), /RSA key ok/);
  }
});

test('openssl finds EC keys of a CNG blob valid, and the points we compute are its own', () => {
  for (const curve of ['P-256', 'P-384', 'P-521']) {
    folder.run(`openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:${curve} -out ec.pem`);
    folder.run('openssl pkcs8 -topk8 -nocrypt -in ec.pem -outform DER -out ec.p8');
    const pkcs8 = folder.read('ec.p8');
    folder.run('openssl pkey -inform DER -in ec.p8 -pubout -outform DER -out ec.pub');
    folder.run('openssl ec -inform DER -in ec.p8 -no_public -outform DER -out bare.sec1');
    folder.run('openssl pkcs8 -topk8 -nocrypt -inform DER -in bare.sec1 -outform DER -out bare.p8');
    assert.deepEqual(computePublicKey(folder.read('bare.p8')), folder.read('ec.pub'));
    const { pkcs8: decoded } = decodeBcryptEccBlob(encodeBcryptEccBlob(pkcs8, 'ECDH'), folder.read('ec.pub'));
    folder.write('decoded.p8', decoded);
    assert.match(folder.run('openssl pkey -inform DER -in decoded.p8 -check -noout'), /Key is valid/);
    folder.run('openssl pkey -inform DER -in decoded.p8 -pubout -outform DER -out decoded.pub');
    assert.deepEqual(folder.read('decoded.pub'), folder.read('ec.pub'));
  }
});
