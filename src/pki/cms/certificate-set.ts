import { readAll } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import { constructed, type DerNode } from '../asn1/der-writer.ts';
import { contextConstructed, TAG } from '../asn1/tag.ts';
import { type Certificate, decodeCertificate } from '../x509/certificate.ts';

/**
 * `CertificateSet` and `RevocationInfoChoices` (RFC 5652 §10.2.3, §10.2.1) stay raw: each member is the DER of one
 * choice, in the order of the message. Signatures inside them are over exactly these bytes.
 */
export function readImplicitSet(reader: DerReader, n: number): Uint8Array[] | undefined {
  if (reader.peek() !== contextConstructed(n)) return undefined;
  return readAll(reader.constructed(contextConstructed(n)), (member) => member.element());
}

/** In the order given: the order carries no meaning, yet readers of old look at the first or last member. */
export function implicitSet(n: number, members: readonly Uint8Array[] | undefined): DerNode | undefined {
  return members && constructed(contextConstructed(n), members);
}

/** The X.509 certificates of the set; attribute certificates and other choices are passed over. Throws Asn1Error. */
export function certificatesOf(value: { readonly certificates?: readonly Uint8Array[] | undefined }): Certificate[] {
  return (value.certificates ?? []).filter((raw) => raw[0] === TAG.SEQUENCE).map(decodeCertificate);
}
