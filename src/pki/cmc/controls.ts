import { hresult } from '#hresult/hresult-error';
import { decodeWhole, readAll } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import { type Der, encodeDer, integer, octetString, sequence, sequenceOf, setInOrder } from '../asn1/der-writer.ts';
import { type Attribute, attribute, readAttribute } from '../cms/attribute.ts';
import { type Extension, encodeExtensions, readExtensions } from '../x509/extension.ts';
import { readBodyPartId } from './body-part.ts';
import type { TaggedAttribute } from './pki-data.ts';

/** Which certificates a control speaks of. */
export interface ControlReference {
  /** 0 for the PKIData the control stands in, else the bodyPartID of a message in its cmsSequence. */
  readonly pkiDataReference: number;
  /** The bodyPartIDs of requests (in a response: of the requests answered). */
  readonly certReferences: readonly number[];
}

/** `id-cmc-addExtensions`, RFC 5272 §6.5.2. */
export interface AddExtensions extends ControlReference {
  readonly extensions: readonly Extension[];
}

/** `szOID_CMC_ADD_ATTRIBUTES`, MS-WCCE 2.2.2.7: the shape of AddExtensions with a SET OF Attribute. */
export interface CmcAddAttributes extends ControlReference {
  readonly attributes: readonly Attribute[];
}

/** A control with one value. */
export function control(bodyPartID: number, attrType: string, value: Der): TaggedAttribute {
  return { bodyPartID, attrType, attrValues: [encodeDer(value)] };
}

/** The values of every control of a type, in the order of the message. */
export function controlValues(controls: readonly TaggedAttribute[], attrType: string): Uint8Array[] {
  return controls.filter((one) => one.attrType === attrType).flatMap(({ attrValues }) => attrValues);
}

/**
 * The value of a control that may stand once with one value; undefined where it is absent.
 * Throws CRYPT_E_BAD_MSG where there are more.
 */
export function singleControlValue(controls: readonly TaggedAttribute[], attrType: string): Uint8Array | undefined {
  const found = controls.filter((one) => one.attrType === attrType);
  if (found.length === 0) return undefined;
  const values = controlValues(found, attrType);
  if (found.length > 1 || values.length !== 1) {
    throw hresult('CRYPT_E_BAD_MSG', `The control ${attrType} must stand once with one value.`);
  }
  return values[0];
}

/** Throws Asn1Error. */
export function decodeAddExtensions(value: Uint8Array): AddExtensions {
  return decodeWhole(value, (reader) => {
    const fields = reader.sequence();
    const reference = readReference(fields);
    const extensions = readExtensions(fields);
    fields.finish();
    return { ...reference, extensions };
  });
}

export function encodeAddExtensions(value: AddExtensions): Uint8Array {
  return encodeDer(sequence(...referenceFields(value), encodeExtensions(value.extensions)));
}

/** Throws Asn1Error. */
export function decodeAddAttributes(value: Uint8Array): CmcAddAttributes {
  return decodeWhole(value, (reader) => {
    const fields = reader.sequence();
    const reference = readReference(fields);
    const attributes = readAll(fields.set(), readAttribute);
    fields.finish();
    return { ...reference, attributes };
  });
}

/** The attributes in the order given. */
export function encodeAddAttributes(value: CmcAddAttributes): Uint8Array {
  return encodeDer(sequence(...referenceFields(value), setInOrder(value.attributes.map(attribute))));
}

/**
 * The controls whose value is one OCTET STRING: id-cmc-senderNonce and -recipientNonce (RFC 5272 §6.6), -dataReturn
 * (§6.4), -regInfo (§6.12), -queryPending (§6.13). Throws Asn1Error.
 */
export function decodeOctetStringControl(value: Uint8Array): Uint8Array {
  return decodeWhole(value, (reader) => reader.octetString());
}

export function encodeOctetStringControl(octets: Uint8Array): Uint8Array {
  return encodeDer(octetString(octets));
}

/** `id-cmc-transactionId` (RFC 5272 §6.6): the two's complement octets of the INTEGER. Throws Asn1Error. */
export function decodeTransactionId(value: Uint8Array): Uint8Array {
  return decodeWhole(value, (reader) => reader.integerBytes());
}

export function encodeTransactionId(octets: Uint8Array): Uint8Array {
  return encodeDer(integer(octets));
}

function readReference(fields: DerReader): ControlReference {
  return { pkiDataReference: readBodyPartId(fields), certReferences: readAll(fields.sequence(), readBodyPartId) };
}

function referenceFields({ pkiDataReference, certReferences }: ControlReference): Der[] {
  return [integer(pkiDataReference), sequenceOf(certReferences.map((id) => integer(id)))];
}
