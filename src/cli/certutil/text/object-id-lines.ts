import { oidByDotted } from '#pki/asn1/oid-table';

/** `4 ObjectIds:` and a line each with its name, as certutil prints the EKUs of a template. */
export function objectIdLines(oids: readonly string[]): string[] {
  const named = (oid: string) => {
    const known = oidByDotted(oid);
    return known ? `${oid} ${known.displayName}` : oid;
  };
  return [`${oids.length} ObjectIds:`, ...oids.map((oid) => `    ${named(oid)}`), ''];
}
