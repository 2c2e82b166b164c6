/**
 * The system stores of Windows, as certmgr.msc shows them. The stores of a user or a service show those of the machine too,
 * as the `.LocalMachine` physical store of each: all but the ones that hold somebody's own keys and requests.
 */
export interface StoreRow {
  readonly name: string;
  /** The name itself where Windows has no other. */
  readonly displayName: string;
  readonly inheritsFromMachine: boolean;
  /** Its entries are refused: none may go missing unseen. */
  readonly isDenyList?: boolean;
}

function row(name: string, displayName = name, inheritsFromMachine = true): StoreRow {
  return { name, displayName, inheritsFromMachine };
}

export const STORES: readonly StoreRow[] = [
  row('My', 'Personal', false),
  row('Root', 'Trusted Root Certification Authorities'),
  row('CA', 'Intermediate Certification Authorities'),
  row('KRA'),
  row('REQUEST', 'Certificate Enrollment Requests', false),
  row('Trust', 'Enterprise Trust'),
  { ...row('Disallowed', 'Untrusted Certificates'), isDenyList: true },
  row('AuthRoot', 'Third-Party Root Certification Authorities'),
  row('AddressBook', 'Other People'),
  row('TrustedPeople', 'Trusted People'),
  row('TrustedPublisher', 'Trusted Publishers'),
  row('ClientAuthIssuer', 'Client Authentication Issuers'),
  row('SmartCardRoot', 'Smart Card Trusted Roots'),
];

/** The stores of the enterprise, which are those of the registry key EnterpriseCertificates. NTAuth is there only. */
export const ENTERPRISE_STORES: readonly StoreRow[] = [
  row('NTAuth', 'NTAuth', false),
  ...STORES.filter(({ name }) =>
    ['Root', 'CA', 'Trust', 'Disallowed', 'TrustedPeople', 'TrustedPublisher'].includes(name),
  ),
];
