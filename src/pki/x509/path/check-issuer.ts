import { type HresultError, hresult } from '#hresult/hresult-error';
import type { Certificate } from '../certificate.ts';
import { EXTENSIONS, extensionValue } from '../extensions/extension-table.ts';
import { KEY_USAGE } from '../extensions/key-usage.ts';

/**
 * What RFC 5280 §6.1.4 (k) to (n) asks of a certificate that issued another. `below`: certificates between it and the end
 * certificate that are not self-issued. A trust anchor of version 1 or 2 is taken at its word (§6.1.4 (k)).
 */
export function* checkIssuer(
  { tbsCertificate: { version, extensions } }: Certificate,
  isTrustAnchor: boolean,
  below: number,
): Generator<HresultError> {
  const constraints = extensionValue(extensions, EXTENSIONS.basicConstraints);
  if (!constraints?.cA && !(isTrustAnchor && version < 3)) {
    yield hresult('TRUST_E_BASIC_CONSTRAINTS', 'The issuer is no certification authority.');
  }
  const length = constraints?.cA ? constraints.pathLenConstraint : undefined;
  if (length !== undefined && below > length) {
    yield hresult('CERT_E_PATHLENCONST', `${below} CA certificates follow where ${length} may.`);
  }
  const usage = extensionValue(extensions, EXTENSIONS.keyUsage);
  if (usage !== undefined && !(usage & KEY_USAGE.keyCertSign)) {
    yield hresult('CERT_E_WRONG_USAGE', "The issuer's key usage lacks keyCertSign.");
  }
}
