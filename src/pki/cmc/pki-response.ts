import { toDer } from '../asn1/ber.ts';
import { decodeWhole, readAll } from '../asn1/decode-whole.ts';
import { encodeDer, sequence, sequenceOf } from '../asn1/der-writer.ts';
import {
  type OtherMsg,
  otherMsg,
  readOtherMsg,
  readTaggedAttribute,
  readTaggedContentInfo,
  type TaggedAttribute,
  type TaggedContentInfo,
  taggedAttribute,
  taggedContentInfo,
} from './pki-data.ts';

/**
 * `PKIResponse`, RFC 5272 §4.2: the eContent of a full PKI response, called ResponseBody in RFC 2797.
 *
 * ```asn1
 * PKIResponse ::= SEQUENCE {
 *   controlSequence SEQUENCE OF TaggedAttribute, cmsSequence SEQUENCE OF TaggedContentInfo,
 *   otherMsgSequence SEQUENCE OF OtherMsg }
 * ```
 */
export interface PKIResponse {
  readonly controlSequence: readonly TaggedAttribute[];
  readonly cmsSequence: readonly TaggedContentInfo[];
  readonly otherMsgSequence: readonly OtherMsg[];
}

/** Takes DER or BER. Throws Asn1Error. */
export function decodePkiResponse(bytes: Uint8Array): PKIResponse {
  return decodeWhole(toDer(bytes), (reader) => {
    const fields = reader.sequence();
    const controlSequence = readAll(fields.sequence(), readTaggedAttribute);
    const cmsSequence = readAll(fields.sequence(), readTaggedContentInfo);
    const otherMsgSequence = readAll(fields.sequence(), readOtherMsg);
    fields.finish();
    return { controlSequence, cmsSequence, otherMsgSequence };
  });
}

/** In the orders given: decoding and encoding again gives the same bytes. */
export function encodePkiResponse(value: PKIResponse): Uint8Array {
  return encodeDer(
    sequence(
      sequenceOf(value.controlSequence.map(taggedAttribute)),
      sequenceOf(value.cmsSequence.map(taggedContentInfo)),
      sequenceOf(value.otherMsgSequence.map(otherMsg)),
    ),
  );
}
