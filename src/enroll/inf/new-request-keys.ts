/**
 * Every key of [NewRequest] that certreq documents, with what becomes of it here. What would promise more than is done is
 * refused with the reason instead of being passed over.
 */
export type KeyTreatment =
  | { readonly use: 'granted' }
  /** Without effect: what it asks for cannot happen here, or holds anyway. */
  | { readonly use: 'idle' }
  /** Without effect where it says no, refused where it asks for something. */
  | { readonly use: 'refused unless off'; readonly reason: string; readonly hint?: string }
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
  ExportableEncrypted: {
    use: 'refused unless off',
    reason: 'A key that leaves its provider encrypted only is not offered.',
    hint: 'Set Exportable = TRUE instead.',
  },
  FriendlyName: granted,
  HashAlgorithm: granted,
  KeyAlgorithm: granted,
  KeyContainer: granted,
  KeyDescription: granted,
  KeyLength: granted,
  KeyProtection: {
    use: 'refused unless off',
    reason: 'There is no window in which the use of a key could be confirmed.',
  },
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
  UserProtected: {
    use: 'refused unless off',
    reason: 'There is no window in which the use of a key could be confirmed.',
  },
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
