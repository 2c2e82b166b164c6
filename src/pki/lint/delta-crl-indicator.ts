import type { TBSCertList } from '../x509/certificate-list.ts';
import { EXTENSIONS, extensionValue } from '../x509/extensions/extension-table.ts';
import type { LintRule } from './rule.ts';

export const deltaCrlIndicator: LintRule<TBSCertList> = {
  name: 'delta-crl-indicator',
  clause: 'RFC 5280 §5.2.4',
  severity: 'error',
  *check({ crlExtensions }) {
    const base = extensionValue(crlExtensions, EXTENSIONS.deltaCRLIndicator);
    if (base === undefined) return;
    const number = extensionValue(crlExtensions, EXTENSIONS.cRLNumber);
    if (base < 0n) yield 'the number of the base CRL is negative';
    if (number !== undefined && base >= number) yield 'a delta CRL whose base has no lower number';
    if (extensionValue(crlExtensions, EXTENSIONS.freshestCRL)) yield 'a delta CRL that points to a freshest CRL';
  },
};
