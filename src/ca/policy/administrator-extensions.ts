/**
 * The extensions a certificate manager sets on a waiting request (MS-CSRA 3.1.4.1.1 SetExtension). They add to what policy
 * decides and replace none of it: who somebody is and what his certificate is for stays the template's word, whoever asks.
 */
import { EXTENSIONS } from '#pki/x509/extensions/extension-table';
import type { PlannedExtension } from '../issue/certificate-plan.ts';
import {
  EXTENSION_FLAG_CRITICAL,
  EXTENSION_FLAG_DISABLED,
  EXTENSION_ORIGIN,
  EXTENSION_ORIGIN_MASK,
} from '../schema/extension-flags.ts';
import type { ExtensionRow } from '../schema/extensions.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { hasFlag, nameFlag } from '../template/flags.ts';

/** What says whose certificate it is, who issued it, where it is looked up, and what makes a CA: decided by the CA alone. */
const OF_THE_CA: readonly (keyof typeof EXTENSIONS)[] = [
  'subjectKeyIdentifier',
  'authorityKeyIdentifier',
  'cRLDistributionPoints',
  'freshestCRL',
  'authorityInfoAccess',
  'ntdsCaSecurity',
  'caVersion',
  'previousCaCertHash',
  'enrollCertType',
  'certificateTemplate',
  'basicConstraints',
  'nameConstraints',
  'policyConstraints',
  'policyMappings',
  'inhibitAnyPolicy',
  'applicationPolicyMappings',
  'applicationPolicyConstraints',
];

/** What a certificate is good for: the template's word, a manager's where there are no templates. */
const OF_A_TEMPLATE: readonly (keyof typeof EXTENSIONS)[] = [
  'keyUsage',
  'extKeyUsage',
  'applicationPolicies',
  'certificatePolicies',
  'ocspNocheck',
];

const oids = (names: readonly (keyof typeof EXTENSIONS)[]): ReadonlySet<string> =>
  new Set(names.map((name) => EXTENSIONS[name].oid));
const DECIDED_BY_CA = oids(OF_THE_CA);
const DECIDED_BY_TEMPLATE = oids(OF_A_TEMPLATE);

/** True where a manager may set it; `template` is undefined for a stand-alone CA. */
export function isAdministrators(extnID: string, template: CertificateTemplate | undefined): boolean {
  if (DECIDED_BY_CA.has(extnID)) return false;
  if (template === undefined) return true;
  if (DECIDED_BY_TEMPLATE.has(extnID)) return false;
  if (extnID !== EXTENSIONS.subjectAltName.oid) return true;
  // Where the template leaves the name to the request, the manager who approves it may write it (ESC1 pends such requests).
  return (
    hasFlag(template.nameFlags, nameFlag('CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT')) ||
    hasFlag(template.nameFlags, nameFlag('CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT_ALT_NAME'))
  );
}

/** The plan's extensions with those of `rows` that a manager set: added, put in the place of the request's, or left out. */
export function withAdministrators(
  planned: readonly PlannedExtension[],
  rows: readonly ExtensionRow[],
  template: CertificateTemplate | undefined,
): readonly PlannedExtension[] {
  const extensions = [...planned];
  for (const { ExtensionName, ExtensionFlags, ExtensionRawValue } of rows) {
    const [extnID, flags] = [ExtensionName ?? '', ExtensionFlags ?? 0];
    const isSet = (flags & EXTENSION_ORIGIN_MASK) === EXTENSION_ORIGIN.ADMIN;
    if (!isSet || !isAdministrators(extnID, template)) continue;
    const place = extensions.findIndex((extension) => extension.extnID === extnID);
    const own: PlannedExtension[] =
      flags & EXTENSION_FLAG_DISABLED
        ? []
        : [
            {
              extnID,
              critical: (flags & EXTENSION_FLAG_CRITICAL) !== 0,
              extnValue: ExtensionRawValue ?? new Uint8Array(0),
              origin: EXTENSION_ORIGIN.ADMIN,
            },
          ];
    extensions.splice(place < 0 ? extensions.length : place, place < 0 ? 0 : 1, ...own);
  }
  return extensions;
}
