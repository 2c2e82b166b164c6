import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { HresultError } from '#hresult/hresult-error';
import { id_data } from '#pki/asn1/oid-table';
import { decodePemOrDer } from '#pki/asn1/pem';
import { encodeSignedData } from '#pki/cms/signed-data';
import { dumped } from './page.suite.ts';

const vector = (name: string) =>
  decodePemOrDer(new Uint8Array(readFileSync(new URL(`../../../../test/vectors/${name}`, import.meta.url))));

/** Reproducible numbers below `limit` (mulberry32). */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

function mutated(bytes: Uint8Array, next: (limit: number) => number): Uint8Array {
  const copy = bytes.slice(0, next(10) === 0 ? next(bytes.length) : bytes.length);
  for (let changes = 1 + next(4); changes > 0 && copy.length > 0; changes--) copy[next(copy.length)] = next(256);
  return copy;
}

const FILES: readonly (readonly [name: string, runs: number])[] = [
  ['whitepaper/request.der', 300],
  ['whitepaper/response.der', 200],
  ['dump/user.pem', 300],
  ['dump/request.csr', 300],
  ['dump/list.crl', 300],
  ['dump/sealed.pem', 300],
  ['dump/ec.key', 200],
  ['dump/public-key.pem', 200],
];

for (const [name, runs] of FILES) {
  test(`${name}: mutated bytes raise nothing but HresultError, and no line leaves its line`, async () => {
    const bytes = vector(name);
    const next = generator(0xd0d0);
    let printed = 0;
    for (let run = 0; run < runs; run++) {
      try {
        const { lines } = await dumped(mutated(bytes, next), { verbose: run % 2 === 0, showPrivateKey: run % 3 === 0 });
        printed++;
        assert.deepEqual(
          lines.filter((line) => /[^\t\P{Cc}]/u.test(line)),
          [],
        );
      } catch (error) {
        if (!(error instanceof HresultError)) throw error;
      }
    }
    assert.ok(printed > 0, 'no mutant was printed');
  });
}

test('messages nested without end are refused', async () => {
  let message = encodeSignedData({
    version: 1,
    digestAlgorithms: [],
    encapContentInfo: { eContentType: id_data, eContent: Uint8Array.of(1) },
    certificates: undefined,
    crls: undefined,
    signerInfos: [],
  });
  for (let depth = 0; depth < 20; depth++) {
    message = encodeSignedData({
      version: 1,
      digestAlgorithms: [],
      encapContentInfo: { eContentType: id_data, eContent: message },
      certificates: undefined,
      crls: undefined,
      signerInfos: [],
    });
  }
  await assert.rejects(dumped(message), { symbol: 'CRYPT_E_ASN1_LARGE' });
});
