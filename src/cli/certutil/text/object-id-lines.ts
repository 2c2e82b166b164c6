import { oidByDotted } from '#pki/asn1/oid-table';

/** `4 ObjectIds:` and a line each with its name, as certutil prints the EKUs of a template. */
export function objectIdLines(oids: readonly string[]): string[] {
  return [`${oids.length} ObjectIds:`, ...oids.map((oid) => `    ${namedObjectId(oid)}`), ''];
}

/** `1.3.6.1.5.5.7.3.1 Server Authentication`; the number alone where it has no name. */
export function namedObjectId(oid: string): string {
  const known = oidByDotted(oid);
  return known ? `${oid} ${known.displayName}` : oid;
}
