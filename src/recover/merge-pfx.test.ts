import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { wipe } from '#pki/crypto/engine';
import { nodeEngine } from '#pki/crypto/node/engine';
import { computePublicKey } from '#pki/keyblob/public-key-match';
import { certBagAttributes, keyBagAttributes, windowsLocalKeyId } from '#pki/pkcs12/bag-attributes';
import { openPfx } from '#pki/pkcs12/open';
import { pairKeys } from '#pki/pkcs12/pair-keys';
import type { PfxContents } from '#pki/pkcs12/pfx-contents';
import { type PfxToSeal, sealPfx } from '#pki/pkcs12/seal';
import { type Holder, makeHolder, P256 } from '#test/support/recovery-ca';
import { mergePfx } from './merge-pfx.ts';

const OPTIONS = { algorithm: 'AES256_SHA256', iterations: 1 } as const;

let ca: Holder;
let alice: Holder;
let renewed: Holder;
let bob: Holder;
before(async () => {
  ca = await makeHolder({ subject: 'CN=CA', role: 'ca', parameters: P256 });
  alice = await makeHolder({ subject: 'CN=alice', role: 'user', issuer: ca, parameters: P256 });
  renewed = await makeHolder({ subject: 'CN=alice', role: 'user', issuer: ca, sameKeyAs: alice });
  bob = await makeHolder({ subject: 'CN=bob', role: 'user', issuer: ca });
});

async function through(contents: PfxToSeal): Promise<PfxContents> {
  return openPfx(await sealPfx(contents, 'x', OPTIONS, nodeEngine), 'x', nodeEngine);
}

/** A file as Windows writes it: one key, its certificate, the CA; counters from 1. */
function fileOf(holder: Holder, names: { key?: string; certificate?: string; property?: number } = {}) {
  const localKeyId = windowsLocalKeyId(1);
  const properties = new Map(names.property === undefined ? [] : [[names.property, Uint8Array.of(1, 2)] as const]);
  return through({
    keys: [{ pkcs8: holder.pkcs8, attributes: keyBagAttributes({ localKeyId, friendlyName: names.key }) }],
    certificates: [
      {
        certificate: holder.certificate.raw,
        attributes: certBagAttributes({ localKeyId, friendlyName: names.certificate, properties }),
      },
      { certificate: ca.certificate.raw, attributes: [] },
    ],
  });
}

describe('mergePfx', () => {
  it('keeps keys apart that had the same localKeyID in their files', async () => {
    const merged = await through(mergePfx([await fileOf(alice), await fileOf(bob)]));
    assert.deepEqual(
      merged.keys.map(({ localKeyId }) => localKeyId),
      [windowsLocalKeyId(1), windowsLocalKeyId(2)],
    );
    const { pairs, others } = pairKeys(merged);
    assert.deepEqual(
      pairs.map(({ certificates }) => certificates.map(({ certificate, localKeyId }) => [certificate, localKeyId])),
      [[[alice.certificate.raw, windowsLocalKeyId(1)]], [[bob.certificate.raw, windowsLocalKeyId(2)]]],
    );
    assert.deepEqual(
      others.map(({ certificate, localKeyId }) => [certificate, localKeyId]),
      [[ca.certificate.raw, undefined]],
    );
  });

  it('writes a key and a certificate once, and joins renewed certificates to their key', async () => {
    const merged = await through(mergePfx([await fileOf(alice), await fileOf(renewed), await fileOf(alice)]));
    assert.equal(merged.keys.length, 1);
    assert.deepEqual(computePublicKey(merged.keys[0]!.pkcs8), alice.key.publicKey);
    const [pair] = pairKeys(merged).pairs;
    assert.deepEqual(
      pair!.certificates.map(({ certificate }) => certificate),
      [alice, renewed].map(({ certificate }) => certificate.raw),
    );
    assert.equal(merged.certificates.length, 3);
  });

  it('keeps what the first file says and adds what only a later one says', async () => {
    const first = await fileOf(alice, { key: 'container' });
    const later = await fileOf(alice, { key: 'other', certificate: 'Alice' });
    const merged = await through(mergePfx([first, later]));
    assert.equal(merged.keys[0]!.friendlyName, 'container');
    assert.equal(merged.certificates[0]!.friendlyName, 'Alice');
  });

  it('keeps extended properties where they are asked for', async () => {
    const files = [await fileOf(alice, { certificate: 'Alice', property: 71 })];
    const without = await through(mergePfx(files));
    assert.deepEqual([without.certificates[0]!.friendlyName, without.certificates[0]!.properties.size], ['Alice', 0]);
    const kept = await through(mergePfx(files, { extendedProperties: true }));
    assert.deepEqual(kept.certificates[0]!.properties, new Map([[71, Uint8Array.of(1, 2)]]));
  });

  it('joins a certificate to a key that came in another file', async () => {
    const key = await through({ keys: [{ pkcs8: bob.pkcs8, attributes: [] }], certificates: [] });
    const certificate = await through({
      keys: [],
      certificates: [{ certificate: bob.certificate.raw, attributes: [] }],
    });
    const merged = await through(mergePfx([certificate, key]));
    assert.deepEqual(merged.certificates[0]!.localKeyId, windowsLocalKeyId(1));
  });

  it('hands on the keys of the files, so that wiping those wipes all', async () => {
    const files = [await fileOf(alice), await fileOf(bob)];
    const merged = mergePfx(files);
    for (const { keys } of files) wipe(...keys.map(({ pkcs8 }) => pkcs8));
    assert.ok(merged.keys.every(({ pkcs8 }) => pkcs8.every((octet) => octet === 0)));
  });
});
