/** Where MS-CRTD 2 keeps each field of a template. */

/** Which attribute holds which field, by syntax. */
export const STRINGS = { cn: 'cn', displayName: 'displayName', oid: 'msPKI-Cert-Template-OID' } as const;

export const INTEGERS = {
  flags: 'flags',
  revision: 'revision',
  defaultKeySpec: 'pKIDefaultKeySpec',
  maxIssuingDepth: 'pKIMaxIssuingDepth',
  raSignatures: 'msPKI-RA-Signature',
  enrollmentFlags: 'msPKI-Enrollment-Flag',
  privateKeyFlags: 'msPKI-Private-Key-Flag',
  nameFlags: 'msPKI-Certificate-Name-Flag',
  minimalKeySize: 'msPKI-Minimal-Key-Size',
  schemaVersion: 'msPKI-Template-Schema-Version',
  minorRevision: 'msPKI-Template-Minor-Revision',
} as const;

export const OID_LISTS = {
  criticalExtensions: 'pKICriticalExtensions',
  extendedKeyUsage: 'pKIExtendedKeyUsage',
  applicationPolicies: 'msPKI-Certificate-Application-Policy',
  certificatePolicies: 'msPKI-Certificate-Policy',
  raPolicies: 'msPKI-RA-Policies',
} as const;

export const NAME_LISTS = { supersededTemplates: 'msPKI-Supersede-Templates' } as const;

export const OCTETS = { keyUsage: 'pKIKeyUsage' } as const;
export const PERIODS = { expirationPeriod: 'pKIExpirationPeriod', overlapPeriod: 'pKIOverlapPeriod' } as const;

export const DEFAULT_CSPS = 'pKIDefaultCSPs';
export const RA_APPLICATION_POLICIES = 'msPKI-RA-Application-Policies';
export const SECURITY_DESCRIPTOR = 'nTSecurityDescriptor';

/** LDAP attribute of each field that one attribute holds alone. */
export const TEMPLATE_ATTRIBUTES = {
  ...STRINGS,
  ...INTEGERS,
  ...OID_LISTS,
  ...NAME_LISTS,
  ...OCTETS,
  ...PERIODS,
} as const;

/** In lower case: every attribute that fields of a template are made from. */
export const KNOWN: ReadonlySet<string> = new Set(
  [...Object.values(TEMPLATE_ATTRIBUTES), DEFAULT_CSPS, RA_APPLICATION_POLICIES, SECURITY_DESCRIPTOR].map((name) =>
    name.toLowerCase(),
  ),
);

/** In lower case: kept by the directory itself, read with the others, never written. */
export const MAINTAINED: ReadonlySet<string> = new Set(
  [
    'distinguishedName',
    'dSCorePropagationData',
    'instanceType',
    'name',
    'objectCategory',
    'objectGUID',
    'showInAdvancedViewOnly',
    'uSNChanged',
    'uSNCreated',
    'whenChanged',
    'whenCreated',
  ].map((name) => name.toLowerCase()),
);
