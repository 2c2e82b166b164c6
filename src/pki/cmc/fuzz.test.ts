import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { HresultError } from '#hresult/hresult-error';
import { mutate, randomNumbers } from '#test/support/mutation';
import { decodeCertsOnly, encodeCertsOnly } from '../cms/certs-only.ts';
import { decodeEnvelopedData, encodeEnvelopedData } from '../cms/enveloped-data.ts';
import { openData } from '../cms/open.ts';
import { sealData } from '../cms/seal.ts';
import { decodeSignedData, encodeSignedData } from '../cms/signed-data.ts';
import { signerCertificate, verifySignerInfo } from '../cms/verify.ts';
import type { PrivateKey } from '../crypto/engine.ts';
import { nodeEngine as engine } from '../crypto/node/engine.ts';
import { withoutArchivedKey } from './archived-key.ts';
import { decodeFullRequest } from './full-request.ts';
import { decodeFullResponse, issuedCertificate } from './full-response.ts';

const vector = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../test/vectors/whitepaper/${name}`, import.meta.url)));

let rsa: PrivateKey;
let ec: PrivateKey;
let enveloped: Uint8Array;
let certsOnly: Uint8Array;

before(async () => {
  rsa = await engine.importPrivateKey(await engine.generateKey({ type: 'rsa', modulusLength: 1024 }));
  ec = await engine.importPrivateKey(await engine.generateKey({ type: 'ec', curve: 'P-256' }));
  enveloped = await sealData({
    content: new Uint8Array(50),
    cipher: { name: 'aes-cbc', keyLength: 32 },
    recipients: [rsa, ec].map(({ publicKey }, n) => ({ publicKey, rid: { subjectKeyIdentifier: Uint8Array.of(n) } })),
    engine,
  });
  certsOnly = encodeCertsOnly(decodeSignedData(vector('response.der')).certificates!);
});

const SUBJECTS: readonly [name: string, runs: number, bytes: () => Uint8Array, use: (mutant: Uint8Array) => unknown][] =
  [
    ['SignedData', 3000, () => vector('response.der'), (mutant) => encodeSignedData(decodeSignedData(mutant))],
    ['a full request', 3000, () => vector('request.der'), (mutant) => decodeFullRequest(mutant)],
    ['a request to strip', 1000, () => vector('request.der'), (mutant) => decodeSignedData(withoutArchivedKey(mutant))],
    [
      'a full response',
      1500,
      () => vector('response.der'),
      async (mutant) => {
        const full = decodeFullResponse(mutant);
        await issuedCertificate(full, engine);
        const [first] = full.signedData.signerInfos;
        const certificate = signerCertificate(full.signedData, first!);
        if (certificate) {
          const key = certificate.tbsCertificate.subjectPublicKeyInfo.raw;
          await verifySignerInfo(full.signedData, first!, key, engine);
        }
      },
    ],
    ['certs-only', 1000, () => certsOnly, (mutant) => decodeCertsOnly(mutant)],
    ['EnvelopedData', 3000, () => enveloped, (mutant) => encodeEnvelopedData(decodeEnvelopedData(mutant))],
    [
      'EnvelopedData to open',
      400,
      () => enveloped,
      async (mutant) => {
        const message = decodeEnvelopedData(mutant);
        for (const [n, decrypter] of [rsa, ec].entries()) {
          const matches = (rid: object) =>
            'subjectKeyIdentifier' in rid && (rid.subjectKeyIdentifier as Uint8Array)[0] === n;
          await openData(message, { decrypter, matches }, engine);
        }
      },
    ],
  ];

for (const [name, runs, bytes, use] of SUBJECTS) {
  test(`${name}: mutated bytes raise nothing but HresultError`, async () => {
    const next = randomNumbers(0x5eed);
    let refused = 0;
    for (let run = 0; run < runs; run++) {
      const mutant = mutate(bytes(), next);
      try {
        await use(mutant);
      } catch (error) {
        if (!(error instanceof HresultError)) throw error;
        refused++;
      }
    }
    assert.ok(refused > runs / 3, `${refused} of ${runs} refused`);
  });
}

test('whatever DER is read is written again byte for byte', () => {
  const next = randomNumbers(0xcafe);
  let read = 0;
  for (let run = 0; run < 3000; run++) {
    const mutant = mutate(vector('request.der'), next);
    let again: Uint8Array;
    try {
      const value = decodeSignedData(mutant);
      again = encodeSignedData(value);
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      continue;
    }
    if (again.length !== mutant.length) continue;
    read++;
    assert.deepEqual(again, mutant);
  }
  assert.ok(read > 100, `${read} were read`);
});
