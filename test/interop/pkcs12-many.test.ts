/** A PFX of two keys with their chains, one of which left its provider encrypted, read by OpenSSL, NSS, GnuTLS and Java. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { decodePem } from '#pki/asn1/pem';
import { nodeEngine } from '#pki/crypto/node/engine';
import { certBagAttributes, keyBagAttributes, windowsLocalKeyId } from '#pki/pkcs12/bag-attributes';
import { defaultIterations, sealPfx, withKeySealer } from '#pki/pkcs12/seal';
import { Folder } from './cms-parties.ts';
import { type Chain, makeChain, open, plainKey, summary } from './pkcs12-chain.ts';

const folder = new Folder();
const PASSWORD = 'secret-1';
let rsa: Chain;
let ec: Chain;

before(() => {
  rsa = makeChain(folder, 'rsa');
  ec = makeChain(folder, 'ec');
});
after(() => folder.remove());

async function seal(algorithm: 'AES256_SHA256' | 'TripleDES_SHA1'): Promise<Uint8Array> {
  const options = { algorithm, iterations: defaultIterations(algorithm, 2) };
  const attributesOf = (count: number) => ({ localKeyId: windowsLocalKeyId(count), friendlyName: `key ${count}` });
  const encryptedPrivateKeyInfo = await withKeySealer(PASSWORD, options, nodeEngine, (sealKey) => sealKey(ec.pkcs8));
  const certificates = [
    [rsa.leaf, 1, 'first'],
    [ec.leaf, 2, 'second'],
  ] as const;
  return sealPfx(
    {
      keys: [{ pkcs8: rsa.pkcs8, attributes: keyBagAttributes(attributesOf(1)) }],
      sealedKeys: [{ encryptedPrivateKeyInfo, attributes: keyBagAttributes(attributesOf(2)) }],
      certificates: [
        ...certificates.map(([certificate, count, friendlyName]) => ({
          certificate,
          attributes: certBagAttributes({ localKeyId: windowsLocalKeyId(count), friendlyName }),
        })),
        { certificate: rsa.root, attributes: [] },
        { certificate: ec.root, attributes: [] },
      ],
    },
    PASSWORD,
    options,
    nodeEngine,
  );
}

for (const algorithm of ['AES256_SHA256', 'TripleDES_SHA1'] as const) {
  test(`our ${algorithm} file of two keys is read by us`, async () => {
    const { pairs, others } = summary(await open(await seal(algorithm), PASSWORD));
    assert.deepEqual(pairs, [
      [rsa.pkcs8, rsa.leaf],
      [ec.pkcs8, ec.leaf],
    ]);
    assert.deepEqual(others, [rsa.root, ec.root]);
  });

  test(`by openssl (${algorithm})`, async () => {
    folder.write('two.p12', await seal(algorithm));
    const keys = folder.run(`openssl pkcs12 -in two.p12 -nocerts -noenc -passin pass:${PASSWORD}`);
    const blocks = keys.match(/-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----\n/gs)!;
    for (const [i, chain] of [rsa, ec].entries()) {
      folder.write('one.pem', blocks[i]!);
      assert.deepEqual(plainKey(folder, 'one.pem'), chain.pkcs8);
    }
    const certificates = folder.run(`openssl pkcs12 -in two.p12 -nokeys -passin pass:${PASSWORD}`);
    assert.equal(certificates.match(/BEGIN CERTIFICATE/g)!.length, 4);
  });

  test(`by keytool (${algorithm})`, async () => {
    folder.write('two.p12', await seal(algorithm));
    const listed = folder.run(`keytool -list -v -storetype PKCS12 -keystore two.p12 -storepass ${PASSWORD}`);
    assert.equal(listed.match(/Entry type: PrivateKeyEntry/g)!.length, 2);
    assert.equal(listed.match(/Certificate chain length: 2/g)!.length, 2);
    for (const alias of ['key 1', 'key 2']) assert.match(listed, new RegExp(`Alias name: ${alias}`));
  });

  test(`by pk12util (${algorithm})`, async () => {
    folder.write('two.p12', await seal(algorithm));
    const database = `nss-${algorithm}`;
    folder.run(`mkdir ${database}`);
    folder.run(`certutil -N -d ${database} --empty-password`);
    assert.match(folder.run(`pk12util -i two.p12 -d ${database} -W ${PASSWORD} -K`, ''), /PKCS12 IMPORT SUCCESSFUL/);
    const keys = folder.run(`certutil -K -d ${database}`);
    for (const name of ['first', 'second']) {
      assert.match(keys, new RegExp(name));
      folder.run(`certutil -L -d ${database} -n ${name} -r -o leaf.der`);
      assert.deepEqual(folder.read('leaf.der'), name === 'first' ? rsa.leaf : ec.leaf);
    }
  });

  test(`by certtool (${algorithm})`, async () => {
    folder.write('two.p12', await seal(algorithm));
    const blocks = decodePem(folder.run('certtool --p12-info --inder --infile two.p12 --password', PASSWORD));
    const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE').map(({ bytes }) => bytes);
    assert.deepEqual(certificates, [rsa.leaf, ec.leaf, rsa.root, ec.root]);
    assert.equal(new X509Certificate(certificates[1]!).subject, 'CN=ec-leaf');
    assert.equal(blocks.filter(({ label }) => label === 'ENCRYPTED PRIVATE KEY').length, 2);
  });
}
