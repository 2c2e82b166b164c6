import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { identifiesCertificate, issuerAndSerialNumberOf } from './certificate-match.ts';
import { certificatesOf } from './certificate-set.ts';
import { decodeSignedData } from './signed-data.ts';
import { signerCertificate } from './verify.ts';

const response = decodeSignedData(
  new Uint8Array(readFileSync(new URL('../../../test/vectors/whitepaper/response.der', import.meta.url))),
);
const [ca, issued] = certificatesOf(response) as [
  ReturnType<typeof certificatesOf>[0],
  ReturnType<typeof certificatesOf>[0],
];

test('the signer of the white paper response is the CA', () => {
  assert.equal(signerCertificate(response, response.signerInfos[0]!)?.raw, ca.raw);
});

test('issuer and serial number name one certificate', () => {
  assert.equal(identifiesCertificate(issuerAndSerialNumberOf(issued), issued), true);
  assert.equal(identifiesCertificate(issuerAndSerialNumberOf(issued), ca), false);
});

test('a key identifier is that of the extension, whatever way it was computed', () => {
  const { tbsCertificate } = issued;
  const extension = tbsCertificate.extensions.find(({ extnID }) => extnID === '2.5.29.14')!;
  const subjectKeyIdentifier = extension.extnValue.subarray(2);
  assert.equal(identifiesCertificate({ subjectKeyIdentifier }, issued), true);
  assert.equal(identifiesCertificate({ subjectKeyIdentifier }, ca), false);
  const without = { ...issued, tbsCertificate: { ...tbsCertificate, extensions: [] } };
  assert.equal(identifiesCertificate({ subjectKeyIdentifier }, without), false);
});
