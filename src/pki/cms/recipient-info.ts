import { readAll } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import {
  bitString,
  constructed,
  type Der,
  type DerNode,
  explicit,
  implicit,
  integer,
  octetString,
  sequence,
  sequenceOf,
} from '../asn1/der-writer.ts';
import { contextConstructed, TAG } from '../asn1/tag.ts';
import {
  type AlgorithmIdentifier,
  algorithmIdentifier,
  readAlgorithmIdentifier,
} from '../crypto/algorithm-identifier.ts';
import {
  issuerAndSerialNumber,
  readIssuerAndSerialNumber,
  readSignerIdentifier,
  type SignerIdentifier,
  signerIdentifier,
} from './signer-identifier.ts';

/** The same CHOICE as SignerIdentifier, RFC 5652 §6.2.1. */
export type RecipientIdentifier = SignerIdentifier;

/** `KeyTransRecipientInfo`, RFC 5652 §6.2.1. */
export interface KeyTransRecipientInfo {
  readonly type: 'ktri';
  readonly version: number;
  readonly rid: RecipientIdentifier;
  readonly keyEncryptionAlgorithm: AlgorithmIdentifier;
  readonly encryptedKey: Uint8Array;
}

/** `OriginatorPublicKey ::= SEQUENCE { algorithm AlgorithmIdentifier, publicKey BIT STRING }` */
export interface OriginatorPublicKey {
  readonly algorithm: AlgorithmIdentifier;
  /** The bytes of the key: an EC point. */
  readonly publicKey: Uint8Array;
}

export type OriginatorIdentifierOrKey = SignerIdentifier | { readonly originatorKey: OriginatorPublicKey };

export interface RecipientEncryptedKey {
  readonly rid: RecipientIdentifier;
  /** The DER of `date` and `other` of a RecipientKeyIdentifier, where they stand. */
  readonly rKeyIdFields?: readonly Uint8Array[] | undefined;
  readonly encryptedKey: Uint8Array;
}

/** `KeyAgreeRecipientInfo`, RFC 5652 §6.2.2. */
export interface KeyAgreeRecipientInfo {
  readonly type: 'kari';
  readonly version: number;
  readonly originator: OriginatorIdentifierOrKey;
  readonly ukm: Uint8Array | undefined;
  readonly keyEncryptionAlgorithm: AlgorithmIdentifier;
  readonly recipientEncryptedKeys: readonly RecipientEncryptedKey[];
}

/** Key-encryption keys, passwords and other ways (§6.2.3 to §6.2.5): kept as they are, never opened. */
export interface OtherRecipientInfo {
  readonly type: 'other';
  readonly raw: Uint8Array;
}

export type RecipientInfo = KeyTransRecipientInfo | KeyAgreeRecipientInfo | OtherRecipientInfo;

export function readRecipientInfo(reader: DerReader): RecipientInfo {
  switch (reader.peek()) {
    case TAG.SEQUENCE:
      return readKeyTrans(reader.sequence());
    case contextConstructed(1):
      return readKeyAgree(reader.constructed(contextConstructed(1)));
    default:
      return { type: 'other', raw: reader.element() };
  }
}

export function recipientInfo(value: RecipientInfo): Der {
  switch (value.type) {
    case 'ktri':
      return sequence(
        integer(value.version),
        signerIdentifier(value.rid),
        algorithmIdentifier(value.keyEncryptionAlgorithm),
        octetString(value.encryptedKey),
      );
    case 'kari':
      return constructed(contextConstructed(1), [
        integer(value.version),
        explicit(0, originator(value.originator)),
        value.ukm && explicit(1, octetString(value.ukm)),
        algorithmIdentifier(value.keyEncryptionAlgorithm),
        sequenceOf(value.recipientEncryptedKeys.map(recipientEncryptedKey)),
      ]);
    case 'other':
      return value.raw;
  }
}

function readKeyTrans(fields: DerReader): KeyTransRecipientInfo {
  const version = fields.smallInteger();
  const rid = readSignerIdentifier(fields);
  const keyEncryptionAlgorithm = readAlgorithmIdentifier(fields);
  const encryptedKey = fields.octetString();
  fields.finish();
  return { type: 'ktri', version, rid, keyEncryptionAlgorithm, encryptedKey };
}

function readKeyAgree(fields: DerReader): KeyAgreeRecipientInfo {
  const version = fields.smallInteger();
  const choice = fields.explicit(0);
  const originator = readOriginator(choice);
  choice.finish();
  const wrapper = fields.optionalExplicit(1);
  const ukm = wrapper?.octetString();
  wrapper?.finish();
  const keyEncryptionAlgorithm = readAlgorithmIdentifier(fields);
  const recipientEncryptedKeys = readAll(fields.sequence(), readRecipientEncryptedKey);
  fields.finish();
  return { type: 'kari', version, originator, ukm, keyEncryptionAlgorithm, recipientEncryptedKeys };
}

function readOriginator(reader: DerReader): OriginatorIdentifierOrKey {
  if (reader.peek() !== contextConstructed(1)) return readSignerIdentifier(reader);
  const fields = reader.constructed(contextConstructed(1));
  const algorithm = readAlgorithmIdentifier(fields);
  const publicKey = fields.wholeBitString();
  fields.finish();
  return { originatorKey: { algorithm, publicKey } };
}

function originator(value: OriginatorIdentifierOrKey): DerNode {
  if (!('originatorKey' in value)) return signerIdentifier(value);
  const { algorithm, publicKey } = value.originatorKey;
  return implicit(1, sequence(algorithmIdentifier(algorithm), bitString(publicKey)));
}

function readRecipientEncryptedKey(reader: DerReader): RecipientEncryptedKey {
  const fields = reader.sequence();
  if (fields.peek() === TAG.SEQUENCE) {
    const rid = { issuerAndSerialNumber: readIssuerAndSerialNumber(fields) };
    const encryptedKey = fields.octetString();
    fields.finish();
    return { rid, encryptedKey };
  }
  const rKeyId = fields.constructed(contextConstructed(0));
  const rid = { subjectKeyIdentifier: rKeyId.octetString() };
  const rKeyIdFields = readAll(rKeyId, (field) => field.element());
  const encryptedKey = fields.octetString();
  fields.finish();
  return { rid, rKeyIdFields, encryptedKey };
}

function recipientEncryptedKey(value: RecipientEncryptedKey): DerNode {
  const { rid, rKeyIdFields = [] } = value;
  const identifier =
    'issuerAndSerialNumber' in rid
      ? issuerAndSerialNumber(rid.issuerAndSerialNumber)
      : implicit(0, sequence(octetString(rid.subjectKeyIdentifier), ...rKeyIdFields));
  return sequence(identifier, octetString(value.encryptedKey));
}
