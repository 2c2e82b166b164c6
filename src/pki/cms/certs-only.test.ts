import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { decodeCertsOnly, encodeCertsOnly } from './certs-only.ts';
import { decodeSignedData } from './signed-data.ts';

const response = new Uint8Array(
  readFileSync(new URL('../../../test/vectors/whitepaper/response.der', import.meta.url)),
);

test('certificates come back in their order, with nobody signing', () => {
  const certificates = [...decodeSignedData(response).certificates!].reverse();
  const bytes = encodeCertsOnly(certificates);
  const signedData = decodeSignedData(bytes);
  assert.deepEqual([signedData.version, signedData.digestAlgorithms, signedData.signerInfos], [1, [], []]);
  assert.deepEqual(
    decodeCertsOnly(bytes).certificates.map(({ raw }) => raw),
    certificates,
  );
  assert.deepEqual(decodeCertsOnly(bytes).crls, []);
});

test('a signed message is no certs-only message', () => {
  assert.throws(
    () => decodeCertsOnly(response),
    (error) => isHresult(error, 'CRYPT_E_BAD_MSG'),
  );
});
