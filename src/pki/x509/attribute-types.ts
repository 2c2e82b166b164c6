/**
 * Attribute types of distinguished names: the key that CertNameToStr prints and CertStrToName reads, and the string type
 * RFC 5280 Appendix A.1 asks for. The first key of a row is the one printed.
 */

/** `directory`: PrintableString where the text allows it, else UTF8String. */
export type NameStringType = 'directory' | 'printable' | 'ia5';

export interface AttributeTypeRow {
  readonly oid: string;
  readonly keys: readonly [printed: string, ...read: string[]];
  readonly stringType: NameStringType;
}

export const id_at_commonName = '2.5.4.3';

export const ATTRIBUTE_TYPES: readonly AttributeTypeRow[] = [
  { oid: id_at_commonName, keys: ['CN', 'CommonName'], stringType: 'directory' },
  { oid: '2.5.4.4', keys: ['SN', 'SurName'], stringType: 'directory' },
  { oid: '2.5.4.5', keys: ['SERIALNUMBER', 'DeviceSerialNumber'], stringType: 'printable' },
  { oid: '2.5.4.6', keys: ['C', 'Country'], stringType: 'printable' },
  { oid: '2.5.4.7', keys: ['L', 'Locality'], stringType: 'directory' },
  { oid: '2.5.4.8', keys: ['S', 'ST', 'State'], stringType: 'directory' },
  { oid: '2.5.4.9', keys: ['STREET', 'StreetAddress'], stringType: 'directory' },
  { oid: '2.5.4.10', keys: ['O', 'Org', 'Organization'], stringType: 'directory' },
  { oid: '2.5.4.11', keys: ['OU', 'OrgUnit', 'OrganizationalUnit'], stringType: 'directory' },
  { oid: '2.5.4.12', keys: ['T', 'Title'], stringType: 'directory' },
  { oid: '2.5.4.13', keys: ['Description'], stringType: 'directory' },
  { oid: '2.5.4.17', keys: ['PostalCode'], stringType: 'directory' },
  { oid: '2.5.4.18', keys: ['POBox'], stringType: 'directory' },
  { oid: '2.5.4.20', keys: ['Phone'], stringType: 'printable' },
  { oid: '2.5.4.42', keys: ['G', 'GN', 'GivenName'], stringType: 'directory' },
  { oid: '2.5.4.43', keys: ['I', 'Initials'], stringType: 'directory' },
  { oid: '2.5.4.46', keys: ['dnQualifier'], stringType: 'printable' },
  { oid: '0.9.2342.19200300.100.1.25', keys: ['DC', 'DomainComponent'], stringType: 'ia5' },
  { oid: '1.2.840.113549.1.9.1', keys: ['E', 'Email', 'EmailAddress'], stringType: 'ia5' },
  { oid: '1.2.840.113549.1.9.2', keys: ['UnstructuredName'], stringType: 'directory' },
  { oid: '1.2.840.113549.1.9.8', keys: ['UnstructuredAddress'], stringType: 'directory' },
];

const byOid = new Map(ATTRIBUTE_TYPES.map((row) => [row.oid, row]));
const byKey = new Map(ATTRIBUTE_TYPES.flatMap((row) => row.keys.map((key) => [key.toUpperCase(), row] as const)));

export function attributeTypeOfOid(oid: string): AttributeTypeRow | undefined {
  return byOid.get(oid);
}

/** The case of the key does not count. */
export function attributeTypeOfKey(key: string): AttributeTypeRow | undefined {
  return byKey.get(key.toUpperCase());
}
