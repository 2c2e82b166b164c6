/** Object identifiers of templates: an arc of the forest under szOID_ENTERPRISE_OID_ROOT, then of the template. */
import { szOID_ENTERPRISE_OID_ROOT } from '#pki/asn1/oid-table';

/** Five arcs of three octets and one of one out of 16: the forms published examples have. */
export function forestOid(guid: Uint8Array): string {
  if (guid.length !== 16) throw new TypeError('a forest identifier has 16 octets');
  let oid = szOID_ENTERPRISE_OID_ROOT;
  for (let at = 0; at < 15; at += 3) oid += `.${(guid[at]! << 16) | (guid[at + 1]! << 8) | guid[at + 2]!}`;
  return `${oid}.${guid[15]!}`;
}

/** `<forest>.1.n`. */
export function builtInTemplateOid(forest: string, n: number): string {
  return `${forest}.1.${n}`;
}

/** `<forest>.<random>.<random>`, for a template somebody made; `random` answers that many octets. */
export function newTemplateOid(forest: string, random: (length: number) => Uint8Array): string {
  const bytes = random(8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // 24 bits as in published examples; the first never 1, which is the arc of the built-in ones.
  const arcs = [view.getUint32(0) >>> 8, view.getUint32(4) >>> 8].map((arc) => Math.max(arc, 2));
  return `${forest}.${arcs.join('.')}`;
}
