import type { Name } from '#pki/x509/name';
import { formatName } from '#pki/x509/name-text';

/** The columns in which the parts of a subject stand, by attribute type (MS-CSRA 3.1.1.1). */
const COLUMNS = {
  Country: '2.5.4.6',
  Organization: '2.5.4.10',
  OrgUnit: '2.5.4.11',
  CommonName: '2.5.4.3',
  Locality: '2.5.4.7',
  State: '2.5.4.8',
  Title: '2.5.4.12',
  GivenName: '2.5.4.42',
  Initials: '2.5.4.43',
  SurName: '2.5.4.4',
  DomainComponent: '0.9.2342.19200300.100.1.25',
  EMail: '1.2.840.113549.1.9.1',
  StreetAddress: '2.5.4.9',
  UnstructuredName: '1.2.840.113549.1.9.2',
  UnstructuredAddress: '1.2.840.113549.1.9.8',
  DeviceSerialNumber: '2.5.4.5',
} as const;

/** The attribute type that an entry of SubjectTemplate names: a column, OrganizationalUnit, or the identifier itself. */
export function subjectAttributeType(name: string): string | undefined {
  const wanted = name.trim().toLowerCase();
  if (/^[0-2](?:\.[0-9]+)+$/.test(wanted)) return wanted;
  if (wanted === 'organizationalunit') return COLUMNS.OrgUnit;
  return Object.entries(COLUMNS).find(([column]) => column.toLowerCase() === wanted)?.[1];
}

export type NameColumns = { readonly [C in keyof typeof COLUMNS]: string | null } & {
  readonly DistinguishedName: string | null;
  readonly RawName: Uint8Array | null;
};

/** A name taken apart for a row; several values of one type stand on lines of their own, most specific first. */
export function nameColumns(name: Name): NameColumns {
  const attributes = name.rdnSequence.flat().reverse();
  const columns = Object.entries(COLUMNS).map(([column, type]) => {
    const values = attributes.filter((attribute) => attribute.type === type).map((attribute) => attribute.value ?? '');
    return [column, values.length > 0 ? values.join('\n') : null] as const;
  });
  return {
    ...(Object.fromEntries(columns) as { [C in keyof typeof COLUMNS]: string | null }),
    DistinguishedName: name.rdnSequence.length > 0 ? formatName(name) : null,
    RawName: name.raw,
  };
}
