import { decodeWhole } from '../../asn1/decode-whole.ts';
import { type DerNode, implicit, integer, octetString, sequence } from '../../asn1/der-writer.ts';
import { contextConstructed, contextPrimitive } from '../../asn1/tag.ts';
import { type GeneralNames, generalNames, readGeneralNames } from '../general-name.ts';
import type { KeyIdentifier } from './subject-key-identifier.ts';

/**
 * RFC 5280 §4.2.1.1.
 *
 * ```asn1
 * AuthorityKeyIdentifier ::= SEQUENCE {
 *   keyIdentifier [0] KeyIdentifier OPTIONAL, authorityCertIssuer [1] GeneralNames OPTIONAL,
 *   authorityCertSerialNumber [2] CertificateSerialNumber OPTIONAL }
 * ```
 */
export interface AuthorityKeyIdentifier {
  readonly keyIdentifier?: KeyIdentifier | undefined;
  readonly authorityCertIssuer?: GeneralNames | undefined;
  readonly authorityCertSerialNumber?: Uint8Array | undefined;
}

export function decodeAuthorityKeyIdentifier(extnValue: Uint8Array): AuthorityKeyIdentifier {
  return decodeWhole(extnValue, (reader) => {
    const fields = reader.sequence();
    const keyIdentifier = fields.peek() === contextPrimitive(0) ? fields.octetString(contextPrimitive(0)) : undefined;
    const authorityCertIssuer =
      fields.peek() === contextConstructed(1) ? readGeneralNames(fields, contextConstructed(1)) : undefined;
    const authorityCertSerialNumber =
      fields.peek() === contextPrimitive(2) ? fields.integerBytes(contextPrimitive(2)) : undefined;
    fields.finish();
    return { keyIdentifier, authorityCertIssuer, authorityCertSerialNumber };
  });
}

export function encodeAuthorityKeyIdentifier(value: AuthorityKeyIdentifier): DerNode {
  return sequence(
    value.keyIdentifier && implicit(0, octetString(value.keyIdentifier)),
    value.authorityCertIssuer && implicit(1, generalNames(value.authorityCertIssuer)),
    value.authorityCertSerialNumber && implicit(2, integer(value.authorityCertSerialNumber)),
  );
}
