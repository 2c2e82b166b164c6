/**
 * How attribute types of distinguished names are written. The printed key of a type stands in the OID table; here are the
 * other keys that CertStrToName reads, and the types that are no DirectoryString (RFC 5280 Appendix A.1).
 */
import {
  domainComponent,
  emailAddress,
  id_at_commonName,
  id_at_countryName,
  id_at_dnQualifier,
  id_at_givenName,
  id_at_initials,
  id_at_localityName,
  id_at_organizationalUnitName,
  id_at_organizationName,
  id_at_serialNumber,
  id_at_stateOrProvinceName,
  id_at_streetAddress,
  id_at_surname,
  id_at_title,
  OIDS,
  oidByDotted,
} from '../asn1/oid-table.ts';

/** `directory`: PrintableString where the text allows it, else UTF8String. */
export type NameStringType = 'directory' | 'printable' | 'ia5';

const STRING_TYPES: ReadonlyMap<string, NameStringType> = new Map([
  [id_at_countryName, 'printable'],
  [id_at_serialNumber, 'printable'],
  [id_at_dnQualifier, 'printable'],
  [domainComponent, 'ia5'],
  [emailAddress, 'ia5'],
]);

const OTHER_KEYS: readonly (readonly [oid: string, ...keys: string[]])[] = [
  [id_at_commonName, 'CommonName'],
  [id_at_surname, 'SurName'],
  [id_at_serialNumber, 'DeviceSerialNumber'],
  [id_at_countryName, 'Country'],
  [id_at_localityName, 'Locality'],
  [id_at_stateOrProvinceName, 'ST', 'State'],
  [id_at_streetAddress, 'StreetAddress'],
  [id_at_organizationName, 'Org', 'Organization'],
  [id_at_organizationalUnitName, 'OrgUnit', 'OrganizationalUnit'],
  [id_at_title, 'Title'],
  [id_at_givenName, 'GN', 'GivenName'],
  [id_at_initials, 'Initials'],
  [domainComponent, 'DomainComponent'],
  [emailAddress, 'Email', 'EmailAddress'],
];

const oidOfKey: ReadonlyMap<string, string> = new Map([
  ...OIDS.flatMap(({ oid, shortName }) => (shortName === undefined ? [] : [[shortName.toUpperCase(), oid] as const])),
  ...OTHER_KEYS.flatMap(([oid, ...keys]) => keys.map((key) => [key.toUpperCase(), oid] as const)),
]);

export function nameStringType(attributeType: string): NameStringType {
  return STRING_TYPES.get(attributeType) ?? 'directory';
}

/** What certutil prints before the `=`: `CN`, or the dotted type after `OID.`. */
export function attributeKey(attributeType: string): string {
  return oidByDotted(attributeType)?.shortName ?? `OID.${attributeType}`;
}

/** The case of the key does not count. */
export function attributeTypeOfKey(key: string): string | undefined {
  return oidOfKey.get(key.toUpperCase());
}
