import { decodeWhole, readAll } from '../../asn1/decode-whole.ts';
import { type DerNode, oid, sequence, sequenceOf } from '../../asn1/der-writer.ts';

/**
 * RFC 8551 §2.5.2; as a certificate extension RFC 4262.
 *
 * ```asn1
 * SMIMECapabilities ::= SEQUENCE OF SMIMECapability
 * SMIMECapability ::= SEQUENCE { capabilityID OBJECT IDENTIFIER, parameters ANY DEFINED BY capabilityID OPTIONAL }
 * ```
 */
export interface SMIMECapability {
  readonly capabilityID: string;
  /** DER, such as the key length of RC2. */
  readonly parameters?: Uint8Array | undefined;
}

export function decodeSmimeCapabilities(extnValue: Uint8Array): readonly SMIMECapability[] {
  return decodeWhole(extnValue, (reader) =>
    readAll(reader.sequence(), (list) => {
      const fields = list.sequence();
      const capabilityID = fields.oid();
      const parameters = fields.atEnd ? undefined : fields.element();
      fields.finish();
      return { capabilityID, parameters };
    }),
  );
}

export function encodeSmimeCapabilities(capabilities: readonly SMIMECapability[]): DerNode {
  return sequenceOf(capabilities.map(({ capabilityID, parameters }) => sequence(oid(capabilityID), parameters)));
}
