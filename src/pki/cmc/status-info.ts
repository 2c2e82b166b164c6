import { decodeWhole, readAll } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import {
  encodeDer,
  generalizedTime,
  integer,
  octetString,
  sequence,
  sequenceOf,
  utf8String,
} from '../asn1/der-writer.ts';
import { TAG } from '../asn1/tag.ts';
import { readBodyPartId } from './body-part.ts';

/** RFC 5272 §6.1.3. */
export const CMCStatus = {
  success: 0,
  failed: 2,
  pending: 3,
  noSupport: 4,
  confirmRequired: 5,
  popRequired: 6,
  partial: 7,
} as const;

/** RFC 5272 §6.1.4. */
export const CMCFailInfo = {
  badAlg: 0,
  badMessageCheck: 1,
  badRequest: 2,
  badTime: 3,
  badCertId: 4,
  unsupportedExt: 5,
  mustArchiveKeys: 6,
  badIdentity: 7,
  popRequired: 8,
  popFailed: 9,
  noKeyReuse: 10,
  internalCAError: 11,
  tryLater: 12,
  authDataFail: 13,
} as const;

/** RFC 5272 §6.1.1. */
export interface PendInfo {
  /** What names the request at the CA: opaque to the client. */
  readonly pendToken: Uint8Array;
  readonly pendTime: Date;
}

/**
 * `CMCStatusInfo`, RFC 5272 §6.1.2.
 *
 * ```asn1
 * CMCStatusInfo ::= SEQUENCE {
 *   cMCStatus CMCStatus, bodyList SEQUENCE SIZE (1..MAX) OF BodyPartID, statusString UTF8String OPTIONAL,
 *   otherInfo CHOICE { failInfo CMCFailInfo, pendInfo PendInfo } OPTIONAL }
 * ```
 */
export interface CMCStatusInfo {
  /** One of CMCStatus, or a number that is not known yet. */
  readonly cMCStatus: number;
  readonly bodyList: readonly number[];
  readonly statusString?: string | undefined;
  /** One of CMCFailInfo. */
  readonly failInfo?: number | undefined;
  readonly pendInfo?: PendInfo | undefined;
}

/** Throws Asn1Error. */
export function decodeStatusInfo(value: Uint8Array): CMCStatusInfo {
  return decodeWhole(value, (reader) => {
    const fields = reader.sequence();
    const cMCStatus = fields.smallInteger();
    const bodyList = readAll(fields.sequence(), readBodyPartId);
    const statusString = fields.peek() === TAG.UTF8_STRING ? fields.string() : undefined;
    const failInfo = fields.peek() === TAG.INTEGER ? fields.smallInteger() : undefined;
    const pendInfo = fields.atEnd ? undefined : readPendInfo(fields);
    fields.finish();
    return { cMCStatus, bodyList, statusString, failInfo, pendInfo };
  });
}

export function encodeStatusInfo(value: CMCStatusInfo): Uint8Array {
  const { statusString, failInfo, pendInfo } = value;
  return encodeDer(
    sequence(
      integer(value.cMCStatus),
      sequenceOf(value.bodyList.map((id) => integer(id))),
      statusString === undefined ? undefined : utf8String(statusString),
      failInfo === undefined ? undefined : integer(failInfo),
      pendInfo && sequence(octetString(pendInfo.pendToken), generalizedTime(pendInfo.pendTime)),
    ),
  );
}

function readPendInfo(reader: DerReader): PendInfo {
  const fields = reader.sequence();
  const pendToken = fields.octetString();
  const pendTime = fields.time();
  fields.finish();
  return { pendToken, pendTime };
}
