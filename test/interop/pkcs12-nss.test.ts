/** PFX files between NSS's pk12util and us. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { Folder } from './cms-parties.ts';
import { type Chain, makeChain, open, sealChain, summary } from './pkcs12-chain.ts';

const folder = new Folder();
const chains: Chain[] = [];

before(() => chains.push(makeChain(folder, 'rsa'), makeChain(folder, 'ec')));
after(() => folder.remove());

function newDatabase(name: string): string {
  folder.run(`mkdir ${name}`);
  folder.run(`certutil -N -d sql:${name} --empty-password`);
  return `sql:${name}`;
}

for (const algorithm of ['AES256_SHA256', 'TripleDES_SHA1'] as const) {
  test(`pk12util imports our ${algorithm} file`, async () => {
    for (const [i, password] of ['secret', 'Grüße €'].entries()) {
      const chain = chains[i]!;
      const database = newDatabase(`${algorithm}-${i}`);
      folder.write('ours.p12', await sealChain(chain, password, { algorithm }));
      const printed = folder.run(`pk12util -i ours.p12 -d ${database} -W`, password, '-K', '');
      assert.match(printed, /PKCS12 IMPORT SUCCESSFUL/);
      assert.match(folder.run(`certutil -K -d ${database}`), /alice/);
      folder.run(`certutil -L -d ${database} -n alice -r -o leaf.der`);
      assert.deepEqual(folder.read('leaf.der'), chain.leaf);
    }
  });
}

const EXPORTS: readonly (readonly string[])[] = [
  [],
  ['-c', 'AES-256-CBC', '-C', 'AES-128-CBC', '-M', 'SHA-512'],
  ['-c', 'PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC', '-C', 'PKCS #12 V2 PBE With SHA-1 And 40 Bit RC2 CBC'],
  ['-c', 'PKCS #12 V2 PBE With SHA-1 And 128 Bit RC4', '-C', 'none', '-M', 'SHA-1'],
];

// pk12util counts to 600,000, so each file takes its time.
for (const [i, options] of EXPORTS.entries()) {
  test(`a file of pk12util -o ${options.join(' ')} is read`, async () => {
    const chain = chains[i % 2]!;
    const database = newDatabase(`export-${i}`);
    folder.write('ours.p12', await sealChain(chain, 'x', { algorithm: 'AES256_SHA256', iterations: 1 }));
    folder.run(`pk12util -i ours.p12 -d ${database} -W x`, '-K', '');
    const password = i === 0 ? 'Grüße €' : 'secret';
    folder.run(`pk12util -o theirs.p12 -n alice -d ${database} -W`, password, '-K', '', ...options);
    const pfx = folder.read('theirs.p12');
    const contents = await open(pfx, password);
    assert.deepEqual(summary(contents), { pairs: [[chain.pkcs8, chain.leaf]], others: [chain.root] });
    assert.equal(contents.keys[0]!.friendlyName, 'alice');
    if (i === 0) await assert.rejects(open(pfx, 'Grusse'), (error) => isHresult(error, 'ERROR_INVALID_PASSWORD'));
  });
}
