import { decodeWhole, readAll } from '../../asn1/decode-whole.ts';
import { type DerNode, oid, sequence, sequenceOf } from '../../asn1/der-writer.ts';
import { type GeneralName, generalName, readGeneralName } from '../general-name.ts';

/**
 * RFC 5280 §4.2.2.1.
 *
 * ```asn1
 * AuthorityInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF AccessDescription
 * AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }
 * ```
 */
export interface AccessDescription {
  readonly accessMethod: string;
  readonly accessLocation: GeneralName;
}

export { id_ad_caIssuers, id_ad_ocsp } from '../../asn1/oid-table.ts';

export function decodeAuthorityInformationAccess(extnValue: Uint8Array): readonly AccessDescription[] {
  return decodeWhole(extnValue, (reader) =>
    readAll(reader.sequence(), (list) => {
      const fields = list.sequence();
      const accessMethod = fields.oid();
      const accessLocation = readGeneralName(fields);
      fields.finish();
      return { accessMethod, accessLocation };
    }),
  );
}

export function encodeAuthorityInformationAccess(descriptions: readonly AccessDescription[]): DerNode {
  return sequenceOf(
    descriptions.map(({ accessMethod, accessLocation }) => sequence(oid(accessMethod), generalName(accessLocation))),
  );
}
