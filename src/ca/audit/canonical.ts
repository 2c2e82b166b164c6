import { boolean, encodeDer, integer, sequence, sequenceOf, utf8String } from '#pki/asn1/der-writer';
import type { AuditRecord } from './audit-record.ts';

/**
 * The one encoding of a record that the audit chain is computed over: DER, so that equal records have equal bytes and no
 * two records share them.
 *
 *     AuditRecord ::= SEQUENCE {
 *       time     INTEGER,                 -- milliseconds since 1970-01-01T00:00:00Z
 *       eventId  INTEGER,
 *       subject  UTF8String,
 *       success  BOOLEAN,
 *       fields   SEQUENCE OF SEQUENCE { name UTF8String, value UTF8String } }
 */
export function encodeAuditRecord(record: AuditRecord): Uint8Array {
  return encodeDer(
    sequence(
      integer(record.time.getTime()),
      integer(record.eventId),
      utf8String(record.subject),
      boolean(record.outcome === 'success'),
      sequenceOf(record.fields.map(([name, value]) => sequence(utf8String(name), utf8String(value)))),
    ),
  );
}
