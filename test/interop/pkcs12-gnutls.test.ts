/** PFX files between GnuTLS's certtool and us. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { decodePem } from '#pki/asn1/pem';
import { decodePrivateKeyInfo } from '#pki/crypto/private-key-info';
import { readPfxFile } from '#pki/pkcs12/pfx-file';
import { Folder } from './cms-parties.ts';
import { type Chain, makeChain, open, sealChain, summary } from './pkcs12-chain.ts';

const folder = new Folder();
const chains: Chain[] = [];

before(() => chains.push(makeChain(folder, 'rsa'), makeChain(folder, 'ec')));
after(() => folder.remove());

function toP12({ prefix }: Chain, ...options: readonly string[]): Uint8Array {
  folder.run(
    `certtool --to-p12 --load-privkey ${prefix}leaf.key --load-certificate ${prefix}leaf.pem --load-ca-certificate ${prefix}root.pem --p12-name alice --outder --outfile theirs.p12`,
    ...options,
  );
  return folder.read('theirs.p12');
}

// certtool counts to 600,000, so each file takes its time.
for (const [i, cipher] of ['aes-256', 'aes-192', 'aes-128', '3des', '3des-pkcs12', 'rc2-40', 'arcfour'].entries()) {
  test(`a file of certtool --to-p12 --pkcs-cipher ${cipher} is read`, async () => {
    const chain = chains[i % 2]!;
    const contents = await open(toP12(chain, '--pkcs-cipher', cipher, '--password', 'secret'), 'secret');
    assert.deepEqual(summary(contents), { pairs: [[chain.pkcs8, chain.leaf]], others: [chain.root] });
    assert.equal(contents.keys[0]!.friendlyName, 'alice');
  });
}

test('another password than that of certtool is refused', async () => {
  const pfx = toP12(chains[0]!, '--password', 'Grüße');
  assert.equal((await open(pfx, 'Grüße')).keys.length, 1);
  await assert.rejects(open(pfx, 'Grusse'), (error) => isHresult(error, 'ERROR_INVALID_PASSWORD'));
});

test('files of certtool with an empty password and with none are read, whichever is asked for', async () => {
  const empty = toP12(chains[1]!, '--pkcs-cipher', '3des-pkcs12', '--empty-password');
  assert.equal((await open(empty, undefined)).keys.length, 1);
  const none = toP12(chains[1]!, '--pkcs-cipher', '3des-pkcs12', '--null-password');
  assert.equal((await open(none, '')).keys.length, 1);
});

test('a file of certtool in PEM, as it writes without --outder, is read', async () => {
  const { prefix, pkcs8, leaf } = chains[1]!;
  const files = `--load-privkey ${prefix}leaf.key --load-certificate ${prefix}leaf.pem`;
  folder.run(`certtool --to-p12 ${files} --p12-name alice --password secret --outfile theirs.pem`);
  assert.match(new TextDecoder().decode(folder.read('theirs.pem')), /BEGIN PKCS12/);
  const contents = await open(readPfxFile(folder.read('theirs.pem')), 'secret');
  assert.deepEqual(summary(contents), { pairs: [[pkcs8, leaf]], others: [] });
});

for (const algorithm of ['AES256_SHA256', 'TripleDES_SHA1'] as const) {
  test(`certtool reads our ${algorithm} file`, async () => {
    for (const chain of chains) {
      for (const password of ['secret', 'Grüße']) {
        folder.write('ours.p12', await sealChain(chain, password, { algorithm }));
        const text = folder.run('certtool --p12-info --inder --infile ours.p12 --password', password);
        const blocks = decodePem(text);
        const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE').map(({ bytes }) => bytes);
        assert.deepEqual(certificates, [chain.leaf, chain.root]);
        assert.equal(new X509Certificate(certificates[0]!).subject, `CN=${chain.prefix}leaf`);
        assert.match(text, /Friendly name: alice/);
        assert.match(text, /Key ID: 01:00:00:00/);
        const shrouded = blocks.find(({ label }) => label === 'ENCRYPTED PRIVATE KEY')!;
        folder.write('shrouded.p8', shrouded.bytes);
        const key = folder.run('certtool --key-info --pkcs8 --inder --infile shrouded.p8 --password', password);
        // It prints the key in the form that PrivateKeyInfo has inside.
        assert.deepEqual(decodePem(key)[0]!.bytes, decodePrivateKeyInfo(chain.pkcs8).privateKey);
      }
    }
  });
}
