import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { HresultError } from '#hresult/hresult-error';
import { openssl } from '#test/support/openssl';
import { chainOf, makeCtl, makeHolder, P256 } from '#test/support/recovery-ca';
import { decodeCertificateTrustList } from './certificate-trust-list.ts';

const root = await makeHolder({ subject: 'CN=Root', role: 'ca', parameters: P256 });

/** The list of CTL_INFO, as openssl encodes it from a description, in a ContentInfo as PKCS #7 has it. */
const DESCRIPTION = `asn1 = SEQUENCE:content
[content]
type = OID:1.2.840.113549.1.7.2
signed = EXPLICIT:0,SEQUENCE:signed
[signed]
version = INTEGER:1
digests = SET:none
inner = SEQUENCE:inner
signers = SET:none
[none]
[inner]
type = OID:1.3.6.1.4.1.311.10.1
list = EXPLICIT:0,SEQUENCE:list
[list]
version = INTEGER:0
usage = SEQUENCE:usage
identifier = FORMAT:HEX,OCT:410000
sequence = INTEGER:0x0102030405060708090a
thisUpdate = UTCTIME:261126000000Z
nextUpdate = GENERALIZEDTIME:20511126000000Z
algorithm = SEQUENCE:algorithm
subjects = SEQUENCE:subjects
extensions = EXPLICIT:0,SEQUENCE:extensions
[usage]
a = OID:1.3.6.1.5.5.7.3.4
b = OID:1.3.6.1.4.1.311.10.3.9
[algorithm]
oid = OID:1.3.14.3.2.26
null = NULL
[subjects]
a = SEQUENCE:first
b = SEQUENCE:second
[first]
id = FORMAT:HEX,OCT:0a0b
attributes = SET:none
[second]
id = FORMAT:HEX,OCT:0c0d
[extensions]
e = SEQUENCE:extension
[extension]
id = OID:1.2.3
value = FORMAT:HEX,OCT:0500
`;

function described(): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-trust-list-'));
  try {
    const out = join(folder, 'ctl');
    openssl(['asn1parse', '-genconf', '{description}', '-noout', '-out', out], { description: DESCRIPTION });
    return new Uint8Array(readFileSync(out));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a list as Windows writes it, with all of its members', () => {
  const ctl = decodeCertificateTrustList(described());
  const { raw, signedData, ...rest } = ctl;
  assert.deepEqual(
    { ...rest, listIdentifier: hex(rest.listIdentifier!), trustedSubjects: rest.trustedSubjects.map(hex) },
    {
      subjectUsage: ['1.3.6.1.5.5.7.3.4', '1.3.6.1.4.1.311.10.3.9'],
      listIdentifier: '410000',
      sequenceNumber: new Uint8Array(Buffer.from('0102030405060708090a', 'hex')),
      ctlThisUpdate: new Date('2026-11-26T00:00:00Z'),
      ctlNextUpdate: new Date('2051-11-26T00:00:00Z'),
      subjectAlgorithm: rest.subjectAlgorithm,
      trustedSubjects: ['0a0b', '0c0d'],
      ctlExtensions: rest.ctlExtensions,
    },
  );
  assert.deepEqual([rest.ctlExtensions.length, signedData.signerInfos.length, raw.length > 100], [1, 0, true]);
});

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('one that CMS signs, which openssl verifies', async () => {
  const bytes = await makeCtl(root, 'Roots', chainOf(root));
  const ctl = decodeCertificateTrustList(bytes);
  assert.equal(ctl.trustedSubjects.length, 1);
  assert.equal(ctl.ctlExtensions.length, 0);
  assert.equal(ctl.sequenceNumber, undefined);
  openssl(['cms', '-verify', '-noverify', '-inform', 'DER', '-in', '{ctl}', '-out', '/dev/null'], { ctl: bytes });
});

test('another message is none, and damaged ones end in a code', async () => {
  const bytes = await makeCtl(root, 'Roots', chainOf(root));
  const wrong = Uint8Array.from(bytes);
  // The last arc of szOID_CTL.
  wrong[Buffer.from(bytes).indexOf(Buffer.from('2b0601040182370a01', 'hex')) + 8] = 2;
  assert.throws(() => decodeCertificateTrustList(wrong), { symbol: 'CRYPT_E_INVALID_MSG_TYPE' });
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, octet) => {
      const mutated = Uint8Array.from(bytes);
      mutated[at] = octet;
      try {
        decodeCertificateTrustList(mutated);
      } catch (error) {
        assert.ok(error instanceof HresultError, String(error));
      }
    }),
    { seed: 3, numRuns: 1000 },
  );
});
