/**
 * The CERT_*_PROP_ID numbers of wincrypt.h (public header, mingw-w64 and the Windows SDK), by which certutil prints and
 * -repairstore sets certificate properties. Numbers 32 to 63 belong to the serialized store's own elements.
 */
import type { PropertyName } from './certificate-store.ts';

export interface PropertyRow {
  readonly id: number;
  /** The published constant. */
  readonly name: string;
  /** Where CertificateProperties holds it decoded. */
  readonly field?: PropertyName;
}

function row(id: number, name: string, field?: PropertyName): PropertyRow {
  return field ? { id, name: `CERT_${name}_PROP_ID`, field } : { id, name: `CERT_${name}_PROP_ID` };
}

export const PROPERTIES: readonly PropertyRow[] = [
  row(1, 'KEY_PROV_HANDLE'),
  row(2, 'KEY_PROV_INFO', 'keyProvInfo'),
  row(3, 'SHA1_HASH'),
  row(4, 'MD5_HASH'),
  row(5, 'KEY_CONTEXT'),
  row(6, 'KEY_SPEC'),
  row(7, 'IE30_RESERVED'),
  row(8, 'PUBKEY_HASH_RESERVED'),
  row(9, 'ENHKEY_USAGE'),
  row(10, 'NEXT_UPDATE_LOCATION'),
  row(11, 'FRIENDLY_NAME', 'friendlyName'),
  row(12, 'PVK_FILE'),
  row(13, 'DESCRIPTION', 'description'),
  row(14, 'ACCESS_STATE'),
  row(15, 'SIGNATURE_HASH'),
  row(16, 'SMART_CARD_DATA'),
  row(17, 'EFS'),
  row(18, 'FORTEZZA_DATA'),
  row(19, 'ARCHIVED', 'archived'),
  row(20, 'KEY_IDENTIFIER', 'keyIdentifier'),
  row(21, 'AUTO_ENROLL'),
  row(22, 'PUBKEY_ALG_PARA'),
  row(23, 'CROSS_CERT_DIST_POINTS'),
  row(24, 'ISSUER_PUBLIC_KEY_MD5_HASH'),
  row(25, 'SUBJECT_PUBLIC_KEY_MD5_HASH'),
  row(26, 'ENROLLMENT', 'enrollment'),
  row(27, 'DATE_STAMP'),
  row(28, 'ISSUER_SERIAL_NUMBER_MD5_HASH'),
  row(29, 'SUBJECT_NAME_MD5_HASH'),
  row(30, 'EXTENDED_ERROR_INFO'),
  row(64, 'RENEWAL', 'renewal'),
  row(65, 'ARCHIVED_KEY_HASH', 'archivedKeyHash'),
  row(66, 'AUTO_ENROLL_RETRY'),
  row(67, 'AIA_URL_RETRIEVED'),
  row(68, 'AUTHORITY_INFO_ACCESS'),
  row(69, 'BACKED_UP'),
  row(70, 'OCSP_RESPONSE'),
  row(71, 'REQUEST_ORIGINATOR', 'requestOriginator'),
  row(72, 'SOURCE_LOCATION'),
  row(73, 'SOURCE_URL'),
  row(74, 'NEW_KEY'),
  row(75, 'OCSP_CACHE_PREFIX'),
  row(76, 'SMART_CARD_ROOT_INFO'),
  row(77, 'NO_AUTO_EXPIRE_CHECK'),
  row(78, 'NCRYPT_KEY_HANDLE'),
  row(79, 'HCRYPTPROV_OR_NCRYPT_KEY_HANDLE'),
  row(80, 'SUBJECT_INFO_ACCESS'),
  row(81, 'CA_OCSP_AUTHORITY_INFO_ACCESS'),
  row(82, 'CA_DISABLE_CRL'),
  row(83, 'ROOT_PROGRAM_CERT_POLICIES'),
  row(84, 'ROOT_PROGRAM_NAME_CONSTRAINTS'),
  row(85, 'SUBJECT_OCSP_AUTHORITY_INFO_ACCESS'),
  row(86, 'SUBJECT_DISABLE_CRL'),
  row(87, 'CEP'),
  row(89, 'SIGN_HASH_CNG_ALG'),
  row(90, 'SCARD_PIN_ID'),
  row(91, 'SCARD_PIN_INFO'),
  row(92, 'SUBJECT_PUB_KEY_BIT_LENGTH'),
  row(93, 'PUB_KEY_CNG_ALG_BIT_LENGTH'),
  row(94, 'ISSUER_PUB_KEY_BIT_LENGTH'),
  row(95, 'ISSUER_CHAIN_SIGN_HASH_CNG_ALG'),
  row(96, 'ISSUER_CHAIN_PUB_KEY_CNG_ALG_BIT_LENGTH'),
  row(97, 'NO_EXPIRE_NOTIFICATION'),
  row(98, 'AUTH_ROOT_SHA256_HASH'),
  row(99, 'NCRYPT_KEY_HANDLE_TRANSFER'),
  row(100, 'HCRYPTPROV_TRANSFER'),
  row(101, 'SMART_CARD_READER'),
  row(102, 'SEND_AS_TRUSTED_ISSUER'),
  row(103, 'KEY_REPAIR_ATTEMPTED'),
  row(104, 'DISALLOWED_FILETIME'),
  row(105, 'ROOT_PROGRAM_CHAIN_POLICIES'),
  row(106, 'SMART_CARD_READER_NON_REMOVABLE'),
  // From CERT_FIRST_USER_PROP_ID on the numbers are free.
  row(0x8001, 'CERTHAVEN_RENEWS', 'renews'),
  row(0x8002, 'CERTHAVEN_ON_BEHALF_OF', 'onBehalfOf'),
];

/** Hashes and lengths of the certificate itself, and where it is: computed where they are shown, kept nowhere. */
export const COMPUTED_PROPERTIES: ReadonlySet<number> = new Set([3, 4, 14, 15, 25, 28, 29, 92, 107]);

/** CERT_LAST_USER_PROP_ID. */
export const LAST_PROPERTY_ID = 0xffff;

/** `CERT_KEY_PROV_INFO_PROP_ID`; undefined for a number without a published name. */
export function propertyName(id: number): string | undefined {
  return PROPERTIES.find((property) => property.id === id)?.name;
}
