import { decodeWhole, readAll } from '../../asn1/decode-whole.ts';
import type { DerReader } from '../../asn1/der-reader.ts';
import { type DerNode, encodeDer, ia5String, oid, sequence, sequenceOf, utf8String } from '../../asn1/der-writer.ts';
import { id_qt_cps, id_qt_unotice } from '../../asn1/oid-table.ts';

/**
 * RFC 5280 §4.2.1.4; Microsoft's application policies (szOID_APPLICATION_CERT_POLICIES) have the same shape.
 *
 * ```asn1
 * certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation
 * PolicyInformation ::= SEQUENCE {
 *   policyIdentifier OBJECT IDENTIFIER, policyQualifiers SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo OPTIONAL }
 * PolicyQualifierInfo ::= SEQUENCE { policyQualifierId OBJECT IDENTIFIER, qualifier ANY DEFINED BY policyQualifierId }
 * ```
 */
export interface PolicyInformation {
  readonly policyIdentifier: string;
  readonly policyQualifiers?: readonly PolicyQualifierInfo[] | undefined;
}

export interface PolicyQualifierInfo {
  readonly policyQualifierId: string;
  /** DER. */
  readonly qualifier: Uint8Array;
}

export type CertificatePolicies = readonly PolicyInformation[];

export function decodeCertificatePolicies(extnValue: Uint8Array): CertificatePolicies {
  return decodeWhole(extnValue, (reader) => readAll(reader.sequence(), readPolicyInformation));
}

function readPolicyInformation(reader: DerReader): PolicyInformation {
  const fields = reader.sequence();
  const policyIdentifier = fields.oid();
  const policyQualifiers = fields.atEnd ? undefined : readAll(fields.sequence(), readPolicyQualifierInfo);
  fields.finish();
  return { policyIdentifier, policyQualifiers };
}

function readPolicyQualifierInfo(reader: DerReader): PolicyQualifierInfo {
  const fields = reader.sequence();
  const policyQualifierId = fields.oid();
  const qualifier = fields.element();
  fields.finish();
  return { policyQualifierId, qualifier };
}

export function encodeCertificatePolicies(policies: CertificatePolicies): DerNode {
  return sequenceOf(
    policies.map(({ policyIdentifier, policyQualifiers }) =>
      sequence(
        oid(policyIdentifier),
        policyQualifiers &&
          sequenceOf(
            policyQualifiers.map(({ policyQualifierId, qualifier }) => sequence(oid(policyQualifierId), qualifier)),
          ),
      ),
    ),
  );
}

/** A pointer to the certification practice statement: `CPSuri ::= IA5String`. */
export function cpsQualifier(uri: string): PolicyQualifierInfo {
  return { policyQualifierId: id_qt_cps, qualifier: encodeDer(ia5String(uri)) };
}

/** A text to be shown: UserNotice with explicitText alone. RFC 5280 limits it to 200 characters. */
export function userNoticeQualifier(explicitText: string): PolicyQualifierInfo {
  return { policyQualifierId: id_qt_unotice, qualifier: encodeDer(sequence(utf8String(explicitText))) };
}
