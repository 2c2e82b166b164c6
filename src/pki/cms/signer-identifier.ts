import type { DerReader } from '../asn1/der-reader.ts';
import { type DerNode, implicit, integer, octetString, sequence } from '../asn1/der-writer.ts';
import { contextPrimitive, TAG } from '../asn1/tag.ts';
import { type Name, readName } from '../x509/name.ts';

/** `IssuerAndSerialNumber ::= SEQUENCE { issuer Name, serialNumber CertificateSerialNumber }`, RFC 5652 §10.2.4. */
export interface IssuerAndSerialNumber {
  readonly issuer: Name;
  /** Two's complement octets, as encoded. */
  readonly serialNumber: Uint8Array;
}

/**
 * Whose key it is: `SignerIdentifier` of RFC 5652 §5.3 and `RecipientIdentifier` of §6.2.1, one and the same CHOICE.
 *
 * ```asn1
 * SignerIdentifier ::= CHOICE {
 *   issuerAndSerialNumber IssuerAndSerialNumber,
 *   subjectKeyIdentifier [0] SubjectKeyIdentifier }
 * ```
 */
export type SignerIdentifier =
  | { readonly issuerAndSerialNumber: IssuerAndSerialNumber }
  | { readonly subjectKeyIdentifier: Uint8Array };

export function readIssuerAndSerialNumber(reader: DerReader): IssuerAndSerialNumber {
  const fields = reader.sequence();
  const issuer = readName(fields);
  const serialNumber = fields.integerBytes();
  fields.finish();
  return { issuer, serialNumber };
}

export function issuerAndSerialNumber(value: IssuerAndSerialNumber): DerNode {
  return sequence(value.issuer.raw, integer(value.serialNumber));
}

export function readSignerIdentifier(reader: DerReader): SignerIdentifier {
  return reader.peek() === TAG.SEQUENCE
    ? { issuerAndSerialNumber: readIssuerAndSerialNumber(reader) }
    : { subjectKeyIdentifier: reader.octetString(contextPrimitive(0)) };
}

export function signerIdentifier(value: SignerIdentifier): DerNode {
  return 'issuerAndSerialNumber' in value
    ? issuerAndSerialNumber(value.issuerAndSerialNumber)
    : implicit(0, octetString(value.subjectKeyIdentifier));
}
