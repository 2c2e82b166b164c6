import { type HresultError, hresult } from '#hresult/hresult-error';
import { anyExtendedKeyUsage, szOID_ANY_APPLICATION_POLICY } from '../../asn1/oid-table.ts';
import type { TBSCertificate } from '../certificate.ts';
import { EXTENSIONS, extensionValue } from '../extensions/extension-table.ts';

/**
 * Whether a certificate allows a purpose. As Windows does, application policies go before the extended key usage, and a
 * CA's purposes bind what is below it (RFC 5280 §4.2.1.12 leaves that open). Throws Asn1Error on a malformed extension.
 */
export function checkUsage({ extensions }: TBSCertificate, requiredUsage: string): HresultError | undefined {
  const usages =
    extensionValue(extensions, EXTENSIONS.applicationPolicies)?.map((each) => each.policyIdentifier) ??
    extensionValue(extensions, EXTENSIONS.extKeyUsage);
  if (!usages) return undefined;
  const allowing = [requiredUsage, anyExtendedKeyUsage, szOID_ANY_APPLICATION_POLICY];
  if (usages.some((usage) => allowing.includes(usage))) return undefined;
  return hresult('CERT_E_WRONG_USAGE', `The certificate lacks the purpose ${requiredUsage}.`);
}
