import { publicKeyKind } from '../crypto/public-key.ts';
import type { TBSCertificate } from '../x509/certificate.ts';
import type { LintRule } from './rule.ts';

/** A warning, because templates of AD CS's first generation ask for 1024 bits. */
export const weakKey: LintRule<TBSCertificate> = {
  name: 'weak-key',
  clause: 'NIST SP 800-131A rev. 2 §3',
  severity: 'warning',
  *check({ subjectPublicKeyInfo }) {
    const key = publicKeyKind(subjectPublicKeyInfo);
    if (key.type === 'rsa' && key.bits >= 1024 && key.bits < 2048) yield `an RSA key of ${key.bits} bits`;
  },
};
