/**
 * Every key of [NewRequest] that certreq documents, with what becomes of it here. What would promise more than is done is
 * refused with the reason instead of being passed over.
 */
export type KeyTreatment =
  | { readonly use: 'granted' }
  /** Without effect: what it asks for cannot happen here, or holds anyway. */
  | { readonly use: 'idle' }
  | { readonly use: 'refused'; readonly reason: string; readonly hint?: string };

const granted: KeyTreatment = { use: 'granted' };
const idle: KeyTreatment = { use: 'idle' };

export const NEW_REQUEST_KEYS = {
  AlternateSignatureAlgorithm: granted,
  ChallengePassword: granted,
  CipherAlgorithm: { use: 'refused', reason: 'belongs to SCEP requests.' },
  EccKeyParameters: { use: 'refused', reason: 'is not offered.', hint: 'Name the curve: KeyAlgorithm = ECDH_P256.' },
  EccKeyParametersType: {
    use: 'refused',
    reason: 'is not offered.',
    hint: 'Name the curve: KeyAlgorithm = ECDH_P256.',
  },
  EncryptionAlgorithm: granted,
  EncryptionLength: granted,
  Exportable: granted,
  ExportableEncrypted: granted,
  FriendlyName: granted,
  HashAlgorithm: granted,
  KeyAlgorithm: granted,
  KeyContainer: granted,
  KeyDescription: granted,
  KeyLength: granted,
  KeyProtection: granted,
  KeySpec: granted,
  KeyUsage: granted,
  KeyUsageProperty: granted,
  MachineKeySet: granted,
  NotAfter: granted,
  NotBefore: granted,
  PrivateKeyArchive: granted,
  ProviderName: granted,
  ProviderType: granted,
  RenewalCert: granted,
  RequesterName: granted,
  RequestType: granted,
  SecurityDescriptor: {
    use: 'refused',
    reason: 'is not offered: keys are readable by their owner alone.',
    hint: 'certutil -repairstore My CERTIFICATE SDDL sets it for a key of the machine.',
  },
  Silent: idle,
  SMIME: granted,
  Subject: granted,
  SubjectNameFlags: {
    use: 'refused',
    reason: 'is not offered: the client builds no subject.',
    hint: 'Leave it out: a template may have the CA build the subject.',
  },
  SuppressDefaults: granted,
  UseExistingKeySet: granted,
  UserProtected: granted,
  ValidityPeriod: granted,
  ValidityPeriodUnits: granted,
  X500NameFlags: granted,
} as const satisfies Readonly<Record<string, KeyTreatment>>;

export type NewRequestKey = keyof typeof NEW_REQUEST_KEYS;

/** Sections of a request INF. */
export const KNOWN_SECTIONS = [
  'Version',
  'Strings',
  'NewRequest',
  'RequestAttributes',
  'EnhancedKeyUsageExtension',
  'BasicConstraintsExtension',
  'Extensions',
  'Properties',
] as const;

/** Sections of the policy INF of `certreq -policy`, which an INF for -new may not use. */
export const POLICY_SECTIONS: readonly string[] = [
  'NameConstraintsExtension',
  'PolicyStatementExtension',
  'PolicyMappingsExtension',
  'PolicyConstraintsExtension',
  'ApplicationPolicyStatementExtension',
  'ApplicationPolicyMappingsExtension',
  'ApplicationPolicyConstraintsExtension',
  'CrossCertificateDistributionPointsExtension',
  'CRLDistributionPoint',
  'AuthorityInformationAccess',
];
