import { DerReader } from '../asn1/der-reader.ts';
import { TAG } from '../asn1/tag.ts';
import type { TBSCertList } from '../x509/certificate-list.ts';
import type { LintRule } from './rule.ts';
import { timeFaults } from './time-faults.ts';

export const certListTimes: LintRule<TBSCertList> = {
  name: 'cert-list-times',
  clause: 'RFC 5280 §5.1.2.4, §5.1.2.5',
  severity: 'error',
  *check(tbs) {
    const fields = new DerReader(tbs.raw).sequence();
    // version, signature, issuer: the fields before thisUpdate
    const before = fields.peek() === TAG.INTEGER ? 3 : 2;
    for (let i = 0; i < before; i++) fields.skip();
    yield* timeFaults('thisUpdate', fields.element());
    if (!tbs.nextUpdate) {
      yield 'nextUpdate is missing';
      return;
    }
    yield* timeFaults('nextUpdate', fields.element());
    if (tbs.nextUpdate <= tbs.thisUpdate) yield 'nextUpdate is not after thisUpdate';
  },
};
