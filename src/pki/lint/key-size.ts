import { publicKeyKind } from '../crypto/public-key.ts';
import type { TBSCertificate } from '../x509/certificate.ts';
import type { LintRule } from './rule.ts';

/** Sizes that were broken in public, and RSA keys that are none. Keys of other kinds are unknown to all our engines. */
export const keySize: LintRule<TBSCertificate> = {
  name: 'key-size',
  clause: 'NIST SP 800-131A rev. 2 §3; RFC 8017 §3.1',
  severity: 'error',
  *check({ subjectPublicKeyInfo }) {
    const key = publicKeyKind(subjectPublicKeyInfo);
    if (key.type !== 'rsa') return;
    if (key.bits < 1024) yield `an RSA key of ${key.bits} bits`;
    if (key.bits > 16384) yield `an RSA key of ${key.bits} bits, over 16384`;
    if ((key.modulus.at(-1)! & 1) === 0) yield 'the RSA modulus is even';
    const { publicExponent } = key;
    if ((publicExponent.at(-1)! & 1) === 0 || (publicExponent.length === 1 && publicExponent[0] === 1)) {
      yield 'the RSA public exponent is even or 1';
    }
  },
};
