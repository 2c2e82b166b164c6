import { hresult } from '#hresult/hresult-error';
import { toDer } from '../asn1/ber.ts';
import { decodeWhole, readAll } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import {
  type Der,
  encodeDer,
  explicit,
  octetString,
  oid,
  sequence,
  sequenceOf,
  setInOrder,
} from '../asn1/der-writer.ts';
import { certBag, crlBag, pkcs8ShroudedKeyBag, safeContentsBag, x509Certificate, x509CRL } from '../asn1/oid-table.ts';
import { type Attribute, attribute, readAttribute } from '../cms/attribute.ts';

/**
 * `SafeBag`, RFC 7292 §4.2.
 *
 * ```asn1
 * SafeBag ::= SEQUENCE { bagId OBJECT IDENTIFIER, bagValue [0] EXPLICIT ANY, bagAttributes SET OF PKCS12Attribute OPTIONAL }
 * ```
 */
export interface SafeBag {
  readonly bagId: string;
  /** The DER inside `[0]`. */
  readonly bagValue: Uint8Array;
  /** In the order of the encoding; a PKCS12Attribute has the shape of a CMS Attribute. */
  readonly bagAttributes: readonly Attribute[] | undefined;
}

/** How deep safeContentsBag may nest: nobody nests at all. */
const MAX_NESTING = 8;

/** `SafeContents ::= SEQUENCE OF SafeBag`, DER or BER; views into the bytes, or into their DER. Throws Asn1Error. */
export function decodeSafeContents(bytes: Uint8Array): SafeBag[] {
  return decodeWhole(toDer(bytes), readSafeContents);
}

function readSafeContents(reader: DerReader): SafeBag[] {
  return readAll(reader.sequence(), readSafeBag);
}

function readSafeBag(reader: DerReader): SafeBag {
  const fields = reader.sequence();
  const bagId = fields.oid();
  const wrapper = fields.explicit(0);
  const bagValue = wrapper.element();
  wrapper.finish();
  const bagAttributes = fields.atEnd ? undefined : readAll(fields.set(), readAttribute);
  fields.finish();
  return { bagId, bagValue, bagAttributes };
}

export function encodeSafeContents(bags: readonly SafeBag[]): Uint8Array {
  return encodeDer(
    sequenceOf(
      bags.map(({ bagId, bagValue, bagAttributes }) =>
        sequence(oid(bagId), explicit(0, bagValue), bagAttributes && setInOrder(bagAttributes.map(attribute))),
      ),
    ),
  );
}

/** The bags with those inside safeContentsBags in their places. Throws ERROR_INVALID_DATA for bags nested too deep. */
export function flattenBags(bags: readonly SafeBag[], depth = 0): SafeBag[] {
  if (depth > MAX_NESTING) throw hresult('ERROR_INVALID_DATA', `Safe contents nested over ${MAX_NESTING} deep.`);
  return bags.flatMap((bag) =>
    bag.bagId === safeContentsBag ? flattenBags(decodeWhole(bag.bagValue, readSafeContents), depth + 1) : [bag],
  );
}

/** CertBag, CRLBag and SecretBag have one shape: what it is, and it, `[0]` EXPLICIT. */
function readTyped(bagValue: Uint8Array): { id: string; value: Uint8Array } {
  return decodeWhole(bagValue, (reader) => {
    const fields = reader.sequence();
    const id = fields.oid();
    const wrapper = fields.explicit(0);
    const value = wrapper.element();
    wrapper.finish();
    fields.finish();
    return { id, value };
  });
}

/** The X.509 certificate of a CertBag; undefined for one of another kind (RFC 7292 §4.2.3). */
export function decodeCertBag({ bagValue }: SafeBag): Uint8Array | undefined {
  const { id, value } = readTyped(bagValue);
  return id === x509Certificate ? decodeWhole(value, (reader) => reader.octetString()) : undefined;
}

/** The X.509 CRL of a CRLBag; undefined for one of another kind (RFC 7292 §4.2.4). */
export function decodeCrlBag({ bagValue }: SafeBag): Uint8Array | undefined {
  const { id, value } = readTyped(bagValue);
  return id === x509CRL ? decodeWhole(value, (reader) => reader.octetString()) : undefined;
}

/** What kind of secret a SecretBag holds (RFC 7292 §4.2.5). */
export function secretTypeOf({ bagValue }: SafeBag): string {
  return readTyped(bagValue).id;
}

export function certBagOf(certificate: Uint8Array, bagAttributes: readonly Attribute[]): SafeBag {
  return bagOf(certBag, sequence(oid(x509Certificate), explicit(0, octetString(certificate))), bagAttributes);
}

export function crlBagOf(crl: Uint8Array): SafeBag {
  return bagOf(crlBag, sequence(oid(x509CRL), explicit(0, octetString(crl))), []);
}

/** `encryptedPrivateKeyInfo`: its DER. */
export function shroudedKeyBagOf(encryptedPrivateKeyInfo: Uint8Array, attributes: readonly Attribute[]): SafeBag {
  return bagOf(pkcs8ShroudedKeyBag, encryptedPrivateKeyInfo, attributes);
}

function bagOf(bagId: string, value: Der, bagAttributes: readonly Attribute[]): SafeBag {
  return {
    bagId,
    bagValue: value instanceof Uint8Array ? value : encodeDer(value),
    bagAttributes: bagAttributes.length > 0 ? bagAttributes : undefined,
  };
}
