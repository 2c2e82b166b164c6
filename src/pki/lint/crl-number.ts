import type { TBSCertList } from '../x509/certificate-list.ts';
import { EXTENSIONS, extensionValue } from '../x509/extensions/extension-table.ts';
import type { LintRule } from './rule.ts';

export const crlNumber: LintRule<TBSCertList> = {
  name: 'crl-number',
  clause: 'RFC 5280 §5.2.3',
  severity: 'error',
  *check({ crlExtensions }) {
    const number = extensionValue(crlExtensions, EXTENSIONS.cRLNumber);
    if (number === undefined) yield 'the CRL number is missing';
    else if (number < 0n) yield 'the CRL number is negative';
    else if (number >= 1n << 159n) yield 'the CRL number has over 20 octets';
  },
};
