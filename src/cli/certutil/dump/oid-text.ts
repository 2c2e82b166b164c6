import { oidByDotted } from '#pki/asn1/oid-table';

/** `1.3.14.3.2.26 sha1`; the identifier alone where the table has no name. */
export function oidText(oid: string): string {
  const name = oidName(oid);
  return name === undefined ? oid : `${oid} ${name}`;
}

/** `1.2.840.113549.1.9.3 (Content Type)`. */
export function oidLabel(oid: string): string {
  const name = oidName(oid);
  return name === undefined ? oid : `${oid} (${name})`;
}

/** `Encrypting File System (1.3.6.1.4.1.311.10.3.4)`. */
export function purposeText(oid: string): string {
  return `${oidName(oid) ?? 'Unknown Key Usage'} (${oid})`;
}

export function oidName(oid: string): string | undefined {
  const name = oidByDotted(oid)?.displayName;
  return name === '' ? undefined : name;
}
