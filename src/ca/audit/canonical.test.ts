import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatHex } from '#pki/asn1/bytes';
import type { AuditRecord } from './audit-record.ts';
import { encodeAuditRecord } from './canonical.ts';

const record: AuditRecord = {
  time: new Date('2026-01-02T03:04:05.678Z'),
  eventId: 4883,
  subject: 'CONTOSO\\zoë',
  outcome: 'success',
  fields: [['RequestId', '7']],
};

test('the encoding of a record stands for ever: chains are computed over it', () => {
  assert.equal(
    formatHex(encodeAuditRecord(record)),
    '302f' +
      '0206019b7ca98f2e' +
      '02021313' +
      '0c0c434f4e544f534f5c7a6fc3ab' +
      '0101ff' +
      '3010300e' +
      '0c09526571756573744964' +
      '0c0137',
  );
});

test('no two records share an encoding', () => {
  const records = fc.record({
    time: fc.date({ noInvalidDate: true }),
    eventId: fc.nat({ max: 9999 }),
    subject: fc.string({ maxLength: 3 }),
    outcome: fc.constantFrom('success' as const, 'failure' as const),
    fields: fc.array(fc.tuple(fc.string({ maxLength: 2 }), fc.string({ maxLength: 2 })), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(records, records, (a, b) => {
      const same = formatHex(encodeAuditRecord(a)) === formatHex(encodeAuditRecord(b));
      assert.equal(same, JSON.stringify(a) === JSON.stringify(b));
    }),
    { seed: 4883, numRuns: 500 },
  );
});
