import { decodeWhole, readAll } from '../../asn1/decode-whole.ts';
import { type DerNode, oid, sequence, sequenceOf } from '../../asn1/der-writer.ts';

/**
 * RFC 5280 §4.2.1.5; also Microsoft's szOID_APPLICATION_POLICY_MAPPINGS.
 *
 * ```asn1
 * PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { issuerDomainPolicy CertPolicyId, subjectDomainPolicy CertPolicyId }
 * ```
 */
export interface PolicyMapping {
  readonly issuerDomainPolicy: string;
  readonly subjectDomainPolicy: string;
}

export function decodePolicyMappings(extnValue: Uint8Array): readonly PolicyMapping[] {
  return decodeWhole(extnValue, (reader) =>
    readAll(reader.sequence(), (list) => {
      const fields = list.sequence();
      const issuerDomainPolicy = fields.oid();
      const subjectDomainPolicy = fields.oid();
      fields.finish();
      return { issuerDomainPolicy, subjectDomainPolicy };
    }),
  );
}

export function encodePolicyMappings(mappings: readonly PolicyMapping[]): DerNode {
  return sequenceOf(
    mappings.map(({ issuerDomainPolicy, subjectDomainPolicy }) =>
      sequence(oid(issuerDomainPolicy), oid(subjectDomainPolicy)),
    ),
  );
}
