import { anyExtendedKeyUsage, szOID_ANY_APPLICATION_POLICY } from '../asn1/oid-table.ts';
import type { Certificate } from './certificate.ts';
import { EXTENSIONS } from './extensions/extension-table.ts';
import { readableExtension } from './readable-extension.ts';

/**
 * The purposes a certificate names, application policies before the extended key usage, as Windows does; undefined for one that
 * names none, or any. A malformed extension counts as none: what relies on it is for path validation to refuse.
 */
export function purposesOf({ tbsCertificate: { extensions } }: Certificate): readonly string[] | undefined {
  const { applicationPolicies, extKeyUsage } = EXTENSIONS;
  const purposes =
    readableExtension(extensions, applicationPolicies.oid, applicationPolicies.codec.decode)?.map(
      ({ policyIdentifier }) => policyIdentifier,
    ) ?? readableExtension(extensions, extKeyUsage.oid, extKeyUsage.codec.decode);
  return purposes?.some((purpose) => ANY.includes(purpose)) ? undefined : purposes;
}

const ANY: readonly string[] = [anyExtendedKeyUsage, szOID_ANY_APPLICATION_POLICY];
