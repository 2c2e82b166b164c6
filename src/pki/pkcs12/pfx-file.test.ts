import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HresultError } from '#hresult/hresult-error';
import { encodeBase64 } from '../asn1/base64.ts';
import { encodePem } from '../asn1/pem.ts';
import { nodeEngine } from '../crypto/node/engine.ts';
import { readPfxFile } from './pfx-file.ts';
import { sealPfx } from './seal.ts';

const pfx = await sealPfx(
  { keys: [], certificates: [], crls: [] },
  'secret',
  { algorithm: 'AES256_SHA256' },
  nodeEngine,
);
const text = (value: string) => new TextEncoder().encode(value);

test('a PFX is read as it is, as PEM and as base 64', () => {
  for (const label of ['PKCS12', 'PFX', 'CERTIFICATE']) {
    assert.deepEqual(readPfxFile(text(encodePem(label, pfx))), pfx, label);
  }
  assert.deepEqual(readPfxFile(text(encodeBase64(pfx))), pfx);
  assert.deepEqual(readPfxFile(pfx), pfx);
});

test('what the file is instead is told', () => {
  const fails = (file: Uint8Array, kind: string) =>
    assert.throws(
      () => readPfxFile(file),
      (error) => error instanceof HresultError && error.detail === `The file is no PFX: it holds a ${kind}.`,
    );
  fails(text(encodePem('PRIVATE KEY', Uint8Array.of(0x30, 3, 2, 1, 0))), 'PRIVATE KEY');
  fails(text(encodePem('CERTIFICATE', Uint8Array.of(0x30, 0))), 'CERTIFICATE');
});

test('other bytes fail as the decoder has it', () => {
  for (const file of [pfx.subarray(0, pfx.length - 1), Uint8Array.of(), text('hello?')]) {
    assert.throws(
      () => readPfxFile(file),
      (error) => error instanceof HresultError && !error.message.includes('no PFX'),
    );
  }
});
