import { decodeWhole, readAll } from '../../asn1/decode-whole.ts';
import { type DerNode, integer, sequence, sequenceOf } from '../../asn1/der-writer.ts';
import { TAG } from '../../asn1/tag.ts';
import { type GeneralNames, generalNames, readGeneralNames } from '../general-name.ts';

/**
 * Where cross-certificates of the issuer are to be had (wincrypt.h, document 003).
 *
 * ```asn1
 * CrossCertDistPointsInfo ::= SEQUENCE {
 *   syncDeltaTime INTEGER (0..4294967295) OPTIONAL, crossCertDistPointNames SEQUENCE OF GeneralNames }
 * ```
 */
export interface CrossCertDistPoints {
  /** Seconds after which they are fetched again. */
  readonly syncDeltaTime?: number | undefined;
  readonly crossCertDistPointNames: readonly GeneralNames[];
}

export function decodeCrossCertDistPoints(extnValue: Uint8Array): CrossCertDistPoints {
  return decodeWhole(extnValue, (reader) => {
    const fields = reader.sequence();
    const syncDeltaTime = fields.peek() === TAG.INTEGER ? fields.smallInteger() : undefined;
    const crossCertDistPointNames = readAll(fields.sequence(), (names) => readGeneralNames(names));
    fields.finish();
    return { syncDeltaTime, crossCertDistPointNames };
  });
}

export function encodeCrossCertDistPoints({ syncDeltaTime, crossCertDistPointNames }: CrossCertDistPoints): DerNode {
  return sequence(
    syncDeltaTime === undefined ? undefined : integer(syncDeltaTime),
    sequenceOf(crossCertDistPointNames.map(generalNames)),
  );
}
