import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HresultError } from '#hresult/hresult-error';
import { type CrlPlan, type Entity, issue, issueCrl, planCrl } from '#test/support/x509-hierarchy';
import { nodeEngine } from '../crypto/node/engine.ts';
import {
  buildTbsCertList,
  certificateListChunks,
  decodeCertificateList,
  decodeTbsCertList,
  isCertificateListSignedBy,
  tbsCertListChunks,
} from './certificate-list.ts';
import { EXTENSIONS, encodeExtension, extensionValue } from './extensions/extension-table.ts';
import { CRL_REASON } from './extensions/reason-code.ts';
import { parseName } from './name-text.ts';
import { type RevokedCertificate, RevokedCertificatesBuffer } from './revoked-certificates.ts';
import { positiveSerial } from './serial-number.ts';

const ca: Entity = await issue({ subject: 'CN=CA', cA: true });
const REVOKED = new Date('2026-02-03T04:05:06Z');

function entry(serial: number, reason?: number): RevokedCertificate {
  return {
    userCertificate: positiveSerial(Uint8Array.of(serial >> 16, serial >> 8, serial)),
    revocationDate: REVOKED,
    crlEntryExtensions: reason === undefined ? [] : [encodeExtension(EXTENSIONS.reasonCode, reason)],
  };
}

test('entries, extensions and signature are read as they were written', async () => {
  const entries = [entry(1), entry(200, CRL_REASON.keyCompromise)];
  const list = await issueCrl(ca, { revokedCertificates: entries, number: 300n });
  const { tbsCertList: tbs } = list;
  assert.equal(tbs.version, 2);
  assert.deepEqual(tbs.issuer, ca.certificate.tbsCertificate.subject);
  assert.deepEqual([...tbs.revokedCertificates], entries);
  assert.equal(extensionValue(tbs.crlExtensions, EXTENSIONS.cRLNumber), 300n);
  assert.ok(await isCertificateListSignedBy(list, ca.key.publicKey, nodeEngine));
  const other = await issue({ subject: 'CN=CA', cA: true });
  assert.ok(!(await isCertificateListSignedBy(list, other.key.publicKey, nodeEngine)));
});

test('where nothing is revoked the list is absent', async () => {
  const { tbsCertList: tbs } = await issueCrl(ca);
  assert.ok(tbs.revokedCertificates.isEmpty);
  assert.deepEqual([...tbs.revokedCertificates], []);
  assert.equal(tbs.revokedCertificates.find(Uint8Array.of(1)), undefined);
});

test('an entry is found by its serial number', async () => {
  const { tbsCertList: tbs } = await issueCrl(ca, { revokedCertificates: [entry(1), entry(200, 4), entry(3)] });
  assert.deepEqual(tbs.revokedCertificates.find(positiveSerial(Uint8Array.of(200))), entry(200, 4));
  assert.equal(tbs.revokedCertificates.find(Uint8Array.of(2)), undefined);
});

test('rows that come one by one make the same bytes', async () => {
  const entries = Array.from({ length: 20_000 }, (_, i) => entry(i + 1, i % 7 === 0 ? 4 : undefined));
  const plan: CrlPlan = { revokedCertificates: entries };
  const { tbs } = await planCrl(ca, plan);
  const buffer = new RevokedCertificatesBuffer();
  for await (const row of entries) buffer.add(row);
  const { tbs: buffered } = await planCrl(ca, { revokedCertificates: buffer });
  assert.deepEqual(buffered, tbs);
  assert.equal([...buffer.chunks()].length > 1, true, 'more than one piece');
  assert.equal(
    buffer.length,
    [...buffer.chunks()].reduce((sum, chunk) => sum + chunk.length, 0),
  );
  let count = 0;
  for (const { userCertificate } of decodeTbsCertList(tbs).revokedCertificates) {
    assert.deepEqual(userCertificate, entries[count++]!.userCertificate);
  }
  assert.equal(count, entries.length);
});

test('the pieces of a signed list are its bytes', async () => {
  const { tbs, scheme } = await planCrl(ca, { revokedCertificates: [entry(1)] });
  const signature = await ca.key.sign(scheme, tbs);
  const whole = Uint8Array.from([...certificateListChunks(tbs, scheme, signature)].flatMap((chunk) => [...chunk]));
  assert.deepEqual(decodeCertificateList(whole).tbsCertList.raw, tbs);
});

test('any list is read again as it was planned', () => {
  const serial = fc.uint8Array({ minLength: 1, maxLength: 20 }).map(positiveSerial);
  const date = fc
    .date({ min: new Date('1951-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
    .map((each) => new Date(Math.floor(each.getTime() / 1000) * 1000));
  const row = fc.record(
    {
      userCertificate: serial,
      revocationDate: date,
      crlEntryExtensions: fc.oneof(
        fc.constant([]),
        fc.constantFrom(1, 5, 6).map((reason) => [encodeExtension(EXTENSIONS.reasonCode, reason)]),
      ),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), date, date, (rows, thisUpdate, nextUpdate) => {
      const plan = {
        signature: { name: 'ecdsa', digest: 'sha256' } as const,
        issuer: parseName('CN=CA'),
        thisUpdate,
        nextUpdate,
        revokedCertificates: rows,
        crlExtensions: [],
      };
      const tbs = decodeTbsCertList(buildTbsCertList(plan));
      assert.deepEqual([...tbs.revokedCertificates], rows);
      assert.deepEqual([tbs.thisUpdate, tbs.nextUpdate], [thisUpdate, nextUpdate]);
      assert.equal(
        [...tbsCertListChunks(plan)].reduce((sum, chunk) => sum + chunk.length, 0),
        tbs.raw.length,
      );
    }),
    { seed: 51, numRuns: 100 },
  );
});

test('a malformed entry stops the reading with its code', async () => {
  const { tbs } = await planCrl(ca, { revokedCertificates: [entry(1), entry(2)] });
  const broken = Uint8Array.from(tbs);
  const at = Buffer.from(broken).indexOf(Buffer.from('020102170d', 'hex'));
  broken[at] = 0x04;
  const list = decodeTbsCertList(broken).revokedCertificates;
  assert.throws(() => [...list], HresultError);
  assert.throws(() => list.find(Uint8Array.of(3)), HresultError);
  assert.deepEqual(list.find(Uint8Array.of(1)), entry(1));
});
