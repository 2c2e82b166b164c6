import { DerReader } from '../asn1/der-reader.ts';
import { contextConstructed } from '../asn1/tag.ts';
import type { TBSCertificate } from '../x509/certificate.ts';
import type { LintRule } from './rule.ts';
import { timeFaults } from './time-faults.ts';

export const validityEncoding: LintRule<TBSCertificate> = {
  name: 'validity-encoding',
  clause: 'RFC 5280 §4.1.2.5',
  severity: 'error',
  *check(tbs) {
    const fields = new DerReader(tbs.raw).sequence();
    // version, serialNumber, signature, issuer: the fields before validity
    const before = fields.peek() === contextConstructed(0) ? 4 : 3;
    for (let i = 0; i < before; i++) fields.skip();
    const validity = fields.sequence();
    yield* timeFaults('notBefore', validity.element());
    yield* timeFaults('notAfter', validity.element());
  },
};
