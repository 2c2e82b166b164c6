import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodePem, decodePemOrDer, encodePem } from '#pki/asn1/pem';

const RESPONSE = new URL('../vectors/whitepaper/response.der', import.meta.url);

test('openssl reads the PEM that is written, and its own is read', () => {
  const bytes = decodePemOrDer(new Uint8Array(readFileSync(RESPONSE)));
  const openssl = (args: string[], input: string | Uint8Array) => execFileSync('openssl', args, { input });
  assert.deepEqual(new Uint8Array(openssl(['pkcs7', '-outform', 'DER'], encodePem('PKCS7', bytes))), bytes);
  const theirs = openssl(['pkcs7', '-inform', 'DER'], bytes).toString('latin1');
  assert.deepEqual(decodePem(theirs), [{ label: 'PKCS7', bytes }]);
  assert.equal(encodePem('PKCS7', bytes, { lineEnding: '\n' }), theirs);
});
