import type { AlgorithmIdentifier } from '../crypto/algorithm-identifier.ts';
import { publicKeyKind } from '../crypto/public-key.ts';
import { signatureScheme } from '../crypto/signature-algorithm.ts';
import type { LintRule } from './rule.ts';

/**
 * The algorithm named inside is one the issuer's key can sign with. That the field outside names the same follows from
 * assembling both from one scheme; isSignedBy checks it.
 */
export const signatureAlgorithm: LintRule<{ readonly signature: AlgorithmIdentifier }> = {
  name: 'signature-algorithm',
  clause: 'RFC 5280 §4.1.1.2, §5.1.1.2',
  severity: 'error',
  *check(tbs, issuer) {
    const scheme = signatureScheme(tbs.signature);
    const key = publicKeyKind(issuer.tbsCertificate.subjectPublicKeyInfo).type;
    if ((scheme.name === 'ecdsa') !== (key === 'ec')) yield `the issuer's ${key} key does not sign with ${scheme.name}`;
    if (scheme.digest === 'md5') yield 'the signature is to be made over MD5';
  },
};
