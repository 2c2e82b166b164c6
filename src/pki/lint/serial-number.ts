import type { TBSCertificate } from '../x509/certificate.ts';
import type { LintRule } from './rule.ts';

export const serialNumber: LintRule<TBSCertificate> = {
  name: 'serial-number',
  clause: 'RFC 5280 §4.1.2.2',
  severity: 'error',
  *check({ serialNumber: octets }) {
    if (octets[0]! & 0x80) yield 'the serial number is negative';
    if (octets.every((octet) => octet === 0)) yield 'the serial number is zero';
    if (octets.length > 20) yield `the serial number has ${octets.length} octets, over 20`;
  },
};
