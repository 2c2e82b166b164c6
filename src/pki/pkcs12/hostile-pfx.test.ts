import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HresultError } from '#hresult/hresult-error';
import { nodeEngine } from '../crypto/node/engine.ts';
import { mutations } from '../crypto/suite/check.suite.ts';
import { withKeyUsage } from '../keyblob/key-usage-attribute.ts';
import { certBagAttributes, keyBagAttributes, windowsLocalKeyId } from './bag-attributes.ts';
import { openPfx } from './open.ts';
import { pairKeys } from './pair-keys.ts';
import { dataContentInfo, dataOctets, decodePfx } from './pfx.ts';
import { keyAndCertificate, pfxOfSafes } from './pfx-material.suite.ts';
import { certBagOf, encodeSafeContents, type SafeBag } from './safe-bag.ts';
import { sealPfx } from './seal.ts';

/** A count that a mutation makes huge is refused, or the run would take minutes. */
const LIMITS = { each: 5_000, total: 50_000 };

const alice = await keyAndCertificate(1);
const pkcs8 = withKeyUsage(alice.pkcs8, 0x90);
const keyAttributes = keyBagAttributes({
  localKeyId: windowsLocalKeyId(1),
  friendlyName: 'key',
  cspName: 'KSP',
  machineKeyset: true,
});
const certificateAttributes = certBagAttributes({
  localKeyId: windowsLocalKeyId(1),
  properties: new Map([[20, Uint8Array.of(1)]]),
});
const contents = {
  keys: [{ pkcs8, attributes: keyAttributes }],
  certificates: [{ certificate: alice.certificate, attributes: certificateAttributes }],
};

/** True where it opened. */
async function opens(pfx: Uint8Array): Promise<boolean> {
  try {
    pairKeys(await openPfx(pfx, 'pw', nodeEngine, LIMITS));
    return true;
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    return false;
  }
}

async function countOpened(pfxs: Iterable<Uint8Array | Promise<Uint8Array>>): Promise<number> {
  let opened = 0;
  for (const pfx of pfxs) if (await opens(await pfx)) opened++;
  return opened;
}

for (const algorithm of ['AES256_SHA256', 'TripleDES_SHA1'] as const) {
  test(`a mutated ${algorithm} file raises nothing but an HresultError`, async () => {
    const pfx = await sealPfx(contents, 'pw', { algorithm, iterations: 300 }, nodeEngine);
    assert.ok(await opens(pfx));
    // What neither MAC nor key depends on, such as the parameters NULL of a digest, may change.
    assert.ok((await countOpened(mutations(pfx, 400))) < 10);
  });

  test(`so does an ${algorithm} file whose MAC covers the mutation`, async () => {
    const pfx = await sealPfx(contents, 'pw', { algorithm, iterations: 3, encryptCertificates: false }, nodeEngine);
    const octets = dataOctets(decodePfx(pfx).authSafe);
    assert.ok(await opens(await pfxOfSafes(octets)));
    const opened = await countOpened(Array.from(mutations(octets, 600), (mutated) => pfxOfSafes(mutated)));
    assert.ok(opened < 400, `${opened} of 600 opened`);
  });
}

test('so do safe contents in clear, with a key in clear', async () => {
  const keyBag: SafeBag = { bagId: '1.2.840.113549.1.12.10.1.1', bagValue: pkcs8, bagAttributes: keyAttributes };
  const safeContents = encodeSafeContents([keyBag, certBagOf(alice.certificate, certificateAttributes)]);
  const opened = await countOpened(
    Array.from(mutations(safeContents, 1000), (mutated) => pfxOfSafes([dataContentInfo(mutated)])),
  );
  assert.ok(opened < 800, `${opened} of 1000 opened`);
});

test('an announced length beyond the file and a nest without end are refused at once', async () => {
  const huge = Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 2, 1, 3);
  const nest = new Uint8Array(100_000).fill(0x30);
  const indefiniteNest = new Uint8Array(100_000);
  for (let i = 0; i < indefiniteNest.length; i += 2) indefiniteNest.set([0x30, 0x80], i);
  for (const bytes of [huge, nest, indefiniteNest, new Uint8Array(0)]) {
    assert.equal(await opens(bytes), false);
    assert.equal(await opens(await pfxOfSafes(bytes)), false);
  }
});
