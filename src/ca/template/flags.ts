/** The bit fields of a certificate template with the names certutil prints. MS-CRTD 2.4, 2.26, 2.27, 2.28. */

export interface TemplateFlag {
  readonly name: string;
  /** Unsigned. */
  readonly value: number;
}

/** `flags`. MS-CRTD 2.4; the reserved bits by the names public tools give them. */
export const GENERAL_FLAGS = [
  { name: 'CT_FLAG_ADD_EMAIL', value: 0x2 },
  { name: 'CT_FLAG_PUBLISH_TO_DS', value: 0x8 },
  { name: 'CT_FLAG_EXPORTABLE_KEY', value: 0x10 },
  { name: 'CT_FLAG_AUTO_ENROLLMENT', value: 0x20 },
  { name: 'CT_FLAG_MACHINE_TYPE', value: 0x40 },
  { name: 'CT_FLAG_IS_CA', value: 0x80 },
  { name: 'CT_FLAG_ADD_TEMPLATE_NAME', value: 0x200 },
  { name: 'CT_FLAG_IS_CROSS_CA', value: 0x800 },
  { name: 'CT_FLAG_DONOTPERSISTINDB', value: 0x1000 },
  { name: 'CT_FLAG_IS_DEFAULT', value: 0x10000 },
  { name: 'CT_FLAG_IS_MODIFIED', value: 0x20000 },
] as const satisfies readonly TemplateFlag[];

/** `msPKI-Certificate-Name-Flag`. MS-CRTD 2.28. */
export const NAME_FLAGS = [
  { name: 'CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT', value: 0x1 },
  { name: 'CT_FLAG_OLD_CERT_SUPPLIES_SUBJECT_AND_ALT_NAME', value: 0x8 },
  { name: 'CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT_ALT_NAME', value: 0x10000 },
  { name: 'CT_FLAG_SUBJECT_ALT_REQUIRE_DOMAIN_DNS', value: 0x400000 },
  { name: 'CT_FLAG_SUBJECT_ALT_REQUIRE_SPN', value: 0x800000 },
  { name: 'CT_FLAG_SUBJECT_ALT_REQUIRE_DIRECTORY_GUID', value: 0x1000000 },
  { name: 'CT_FLAG_SUBJECT_ALT_REQUIRE_UPN', value: 0x2000000 },
  { name: 'CT_FLAG_SUBJECT_ALT_REQUIRE_EMAIL', value: 0x4000000 },
  { name: 'CT_FLAG_SUBJECT_ALT_REQUIRE_DNS', value: 0x8000000 },
  { name: 'CT_FLAG_SUBJECT_REQUIRE_DNS_AS_CN', value: 0x10000000 },
  { name: 'CT_FLAG_SUBJECT_REQUIRE_EMAIL', value: 0x20000000 },
  { name: 'CT_FLAG_SUBJECT_REQUIRE_COMMON_NAME', value: 0x40000000 },
  { name: 'CT_FLAG_SUBJECT_REQUIRE_DIRECTORY_PATH', value: 0x80000000 },
] as const satisfies readonly TemplateFlag[];

/** `msPKI-Enrollment-Flag`. MS-CRTD 2.26. */
export const ENROLLMENT_FLAGS = [
  { name: 'CT_FLAG_INCLUDE_SYMMETRIC_ALGORITHMS', value: 0x1 },
  { name: 'CT_FLAG_PEND_ALL_REQUESTS', value: 0x2 },
  { name: 'CT_FLAG_PUBLISH_TO_KRA_CONTAINER', value: 0x4 },
  { name: 'CT_FLAG_PUBLISH_TO_DS', value: 0x8 },
  { name: 'CT_FLAG_AUTO_ENROLLMENT_CHECK_USER_DS_CERTIFICATE', value: 0x10 },
  { name: 'CT_FLAG_AUTO_ENROLLMENT', value: 0x20 },
  { name: 'CT_FLAG_PREVIOUS_APPROVAL_VALIDATE_REENROLLMENT', value: 0x40 },
  { name: 'CT_FLAG_USER_INTERACTION_REQUIRED', value: 0x100 },
  { name: 'CT_FLAG_REMOVE_INVALID_CERTIFICATE_FROM_PERSONAL_STORE', value: 0x400 },
  { name: 'CT_FLAG_ALLOW_ENROLL_ON_BEHALF_OF', value: 0x800 },
  { name: 'CT_FLAG_ADD_OCSP_NOCHECK', value: 0x1000 },
  { name: 'CT_FLAG_ENABLE_KEY_REUSE_ON_NT_TOKEN_KEYSET_STORAGE_FULL', value: 0x2000 },
  { name: 'CT_FLAG_NOREVOCATIONINFOINISSUEDCERTS', value: 0x4000 },
  { name: 'CT_FLAG_INCLUDE_BASIC_CONSTRAINTS_FOR_EE_CERTS', value: 0x8000 },
  { name: 'CT_FLAG_ALLOW_PREVIOUS_APPROVAL_KEYBASEDRENEWAL_VALIDATE_REENROLLMENT', value: 0x10000 },
  { name: 'CT_FLAG_ISSUANCE_POLICIES_FROM_REQUEST', value: 0x20000 },
  { name: 'CT_FLAG_SKIP_AUTO_RENEWAL', value: 0x40000 },
  { name: 'CT_FLAG_NO_SECURITY_EXTENSION', value: 0x80000 },
] as const satisfies readonly TemplateFlag[];

/** `msPKI-Private-Key-Flag`. MS-CRTD 2.27; the two version fields are no flags, see the masks below. */
export const PRIVATE_KEY_FLAGS = [
  { name: 'CT_FLAG_REQUIRE_PRIVATE_KEY_ARCHIVAL', value: 0x1 },
  { name: 'CT_FLAG_EXPORTABLE_KEY', value: 0x10 },
  { name: 'CT_FLAG_STRONG_KEY_PROTECTION_REQUIRED', value: 0x20 },
  { name: 'CT_FLAG_REQUIRE_ALTERNATE_SIGNATURE_ALGORITHM', value: 0x40 },
  { name: 'CT_FLAG_REQUIRE_SAME_KEY_RENEWAL', value: 0x80 },
  { name: 'CT_FLAG_USE_LEGACY_PROVIDER', value: 0x100 },
  { name: 'CT_FLAG_EK_TRUST_ON_USE', value: 0x200 },
  { name: 'CT_FLAG_EK_VALIDATE_CERT', value: 0x400 },
  { name: 'CT_FLAG_EK_VALIDATE_KEY', value: 0x800 },
  { name: 'CT_FLAG_ATTEST_PREFERRED', value: 0x1000 },
  { name: 'CT_FLAG_ATTEST_REQUIRED', value: 0x2000 },
  { name: 'CT_FLAG_ATTESTATION_WITHOUT_POLICY', value: 0x4000 },
  { name: 'CT_FLAG_HELLO_LOGON_KEY', value: 0x200000 },
] as const satisfies readonly TemplateFlag[];

/** Within msPKI-Private-Key-Flag: least version of the CA and of the client that may use the template. MS-CRTD 2.27. */
export const MINIMUM_CA_VERSION_MASK = 0x000f0000;
export const MINIMUM_CLIENT_VERSION_MASK = 0x0f000000;

type NameOf<Table extends readonly TemplateFlag[]> = Table[number]['name'];

function flagValue(table: readonly TemplateFlag[], name: string): number {
  for (const flag of table) if (flag.name === name) return flag.value;
  throw new TypeError(`no such template flag: ${name}`);
}

/** The unsigned value of a named bit: `generalFlag('CT_FLAG_IS_CA')` is 0x80. */
export function generalFlag(name: NameOf<typeof GENERAL_FLAGS>): number {
  return flagValue(GENERAL_FLAGS, name);
}

export function nameFlag(name: NameOf<typeof NAME_FLAGS>): number {
  return flagValue(NAME_FLAGS, name);
}

export function enrollmentFlag(name: NameOf<typeof ENROLLMENT_FLAGS>): number {
  return flagValue(ENROLLMENT_FLAGS, name);
}

export function privateKeyFlag(name: NameOf<typeof PRIVATE_KEY_FLAGS>): number {
  return flagValue(PRIVATE_KEY_FLAGS, name);
}

/** True where every bit of `flag` is set in `field`; both unsigned 32-bit. */
export function hasFlag(field: number, flag: number): boolean {
  return (field & flag) >>> 0 === flag >>> 0;
}
