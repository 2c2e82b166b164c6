/** PFX files between Java's keytool and us. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { Folder } from './cms-parties.ts';
import { type Chain, makeChain, open, plainKey, sealChain, summary } from './pkcs12-chain.ts';

const folder = new Folder();
const chains: Chain[] = [];
const PASSWORD = 'secret-1';

before(() => chains.push(makeChain(folder, 'rsa'), makeChain(folder, 'ec')));
after(() => folder.remove());

for (const [i, algorithm] of (['AES256_SHA256', 'TripleDES_SHA1'] as const).entries()) {
  for (const legacy of [false, true]) {
    test(`keytool lists our ${algorithm} file and writes it again${legacy ? ' in the old form' : ''}, which we read`, async () => {
      const chain = chains[legacy ? 1 - i : i]!;
      folder.write('ours.p12', await sealChain(chain, PASSWORD, { algorithm }));
      const listed = folder.run(`keytool -list -v -storetype PKCS12 -keystore ours.p12 -storepass ${PASSWORD}`);
      assert.match(listed, /Entry type: PrivateKeyEntry/);
      assert.match(listed, /Certificate chain length: 2/);
      assert.match(listed, new RegExp(`Owner: CN=${chain.prefix}leaf`));
      folder.run('rm -f theirs.p12');
      const old = legacy ? ['-J-Dkeystore.pkcs12.legacy'] : [];
      folder.run(
        `keytool -importkeystore -noprompt -srckeystore ours.p12 -srcstoretype PKCS12 -srcstorepass ${PASSWORD} -destkeystore theirs.p12 -deststoretype PKCS12 -deststorepass other-22`,
        ...old,
      );
      const contents = await open(folder.read('theirs.p12'), 'other-22');
      assert.deepEqual(summary(contents), { pairs: [[chain.pkcs8, chain.leaf]], others: [chain.root] });
      await assert.rejects(open(folder.read('theirs.p12'), PASSWORD), (error) =>
        isHresult(error, 'ERROR_INVALID_PASSWORD'),
      );
    });
  }
}

test('a key that keytool makes is read, and a certificate it trusts is one of the others', async () => {
  const store = `-storetype PKCS12 -keystore made.p12 -storepass ${PASSWORD}`;
  folder.run(`keytool -genkeypair -alias made -keyalg EC -groupname secp256r1 -dname CN=made ${store}`);
  folder.run(`keytool -importcert -noprompt -alias root -file rsa-root.pem ${store}`);
  const contents = await open(folder.read('made.p12'), PASSWORD);
  const { pairs, others } = summary(contents);
  assert.deepEqual(others, [chains[0]!.root]);
  assert.equal(contents.keys[0]!.friendlyName, 'made');
  folder.run(`openssl pkcs12 -in made.p12 -nocerts -noenc -out key.pem -passin pass:${PASSWORD}`);
  assert.equal(pairs.length, 1);
  assert.equal(pairs[0]!.length, 2);
  assert.deepEqual(plainKey(folder, 'key.pem'), pairs[0]![0]);
});
