/** Access control entries. MS-DTYP 2.4.4. */
import { hresult } from '#hresult/hresult-error';
import { decodeGuid, encodeGuid } from './guid.ts';
import { decodeSid, encodeSid, sidLength } from './sid.ts';

/** MS-DTYP 2.4.4.1 AceType. */
export const ACE_TYPE = {
  ACCESS_ALLOWED: 0x00,
  ACCESS_DENIED: 0x01,
  SYSTEM_AUDIT: 0x02,
  ACCESS_ALLOWED_OBJECT: 0x05,
  ACCESS_DENIED_OBJECT: 0x06,
  SYSTEM_AUDIT_OBJECT: 0x07,
  ACCESS_ALLOWED_CALLBACK: 0x09,
  ACCESS_DENIED_CALLBACK: 0x0a,
  ACCESS_ALLOWED_CALLBACK_OBJECT: 0x0b,
  ACCESS_DENIED_CALLBACK_OBJECT: 0x0c,
  SYSTEM_AUDIT_CALLBACK: 0x0d,
  SYSTEM_AUDIT_CALLBACK_OBJECT: 0x0f,
  SYSTEM_MANDATORY_LABEL: 0x11,
  SYSTEM_RESOURCE_ATTRIBUTE: 0x12,
  SYSTEM_SCOPED_POLICY_ID: 0x13,
} as const;

/** MS-DTYP 2.4.4.1 AceFlags. */
export const ACE_FLAG = {
  OBJECT_INHERIT: 0x01,
  CONTAINER_INHERIT: 0x02,
  NO_PROPAGATE_INHERIT: 0x04,
  INHERIT_ONLY: 0x08,
  INHERITED: 0x10,
  SUCCESSFUL_ACCESS: 0x40,
  FAILED_ACCESS: 0x80,
} as const;

export interface TrusteeAce {
  readonly type: number;
  readonly flags: number;
  /** Unsigned. */
  readonly mask: number;
  readonly sid: string;
  /** Of object entries: an extended right, a property (set), or a class. */
  readonly objectType?: string;
  readonly inheritedObjectType?: string;
  /** Of callback entries; empty in others. */
  readonly applicationData: Uint8Array;
}

/** An entry of a type this code does not know; kept and written again. */
export interface OpaqueAce {
  readonly type: number;
  readonly flags: number;
  /** Everything after the four octets of the header. */
  readonly body: Uint8Array;
}

export type Ace = TrusteeAce | OpaqueAce;

const OBJECT_TYPE_PRESENT = 0x1;
const INHERITED_OBJECT_TYPE_PRESENT = 0x2;

const OBJECT_TYPES: ReadonlySet<number> = new Set([0x05, 0x06, 0x07, 0x0b, 0x0c, 0x0f]);
const PLAIN_TYPES: ReadonlySet<number> = new Set([0x00, 0x01, 0x02, 0x09, 0x0a, 0x0d, 0x11, 0x12, 0x13]);

export function isObjectAceType(type: number): boolean {
  return OBJECT_TYPES.has(type);
}

export function isTrusteeAce(ace: Ace): ace is TrusteeAce {
  return 'sid' in ace;
}

/** Reads the entry at `at`; answers how many octets it took. Throws ERROR_INVALID_DATA. */
export function decodeAce(bytes: Uint8Array, at: number, end: number): { ace: Ace; size: number } {
  if (at + 4 > end) throw hresult('ERROR_INVALID_DATA', `the access control entry at offset ${at} is cut off`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const type = bytes[at]!;
  const flags = bytes[at + 1]!;
  const size = view.getUint16(at + 2, true);
  // MS-DTYP 2.4.4.1 wants multiples of four; entries of OfficerRights are met that are as long as what is in them.
  const isRagged =
    size % 4 !== 0 && type !== ACE_TYPE.ACCESS_ALLOWED_CALLBACK && type !== ACE_TYPE.ACCESS_DENIED_CALLBACK;
  if (size < 4 || isRagged || at + size > end)
    throw hresult('ERROR_INVALID_DATA', `the access control entry at offset ${at} has a size of ${size}`);
  const body = bytes.slice(at + 4, at + size);
  const isObject = OBJECT_TYPES.has(type);
  if (!isObject && !PLAIN_TYPES.has(type)) return { ace: { type, flags, body }, size };
  if (body.length < (isObject ? 8 : 4))
    throw hresult('ERROR_INVALID_DATA', `the access control entry at offset ${at} has no room for its fields`);
  const fields = new DataView(body.buffer);
  const mask = fields.getUint32(0, true);
  let offset = 4;
  const guid = (present: boolean): string | undefined => {
    if (!present) return undefined;
    offset += 16;
    return decodeGuid(body.subarray(offset - 16, offset));
  };
  let objectType: string | undefined;
  let inheritedObjectType: string | undefined;
  if (isObject) {
    const present = fields.getUint32(4, true);
    offset = 8;
    objectType = guid((present & OBJECT_TYPE_PRESENT) !== 0);
    inheritedObjectType = guid((present & INHERITED_OBJECT_TYPE_PRESENT) !== 0);
  }
  const sidEnd = offset + sidLength(body, offset);
  return {
    ace: {
      type,
      flags,
      mask,
      sid: decodeSid(body.subarray(offset, sidEnd)),
      ...(objectType === undefined ? {} : { objectType }),
      ...(inheritedObjectType === undefined ? {} : { inheritedObjectType }),
      applicationData: body.slice(sidEnd),
    },
    size,
  };
}

/** The entry with its header; application data is filled up to a multiple of four octets. */
export function encodeAce(ace: Ace): Uint8Array {
  const parts: Uint8Array[] = [];
  if (isTrusteeAce(ace)) {
    const head = new Uint8Array(isObjectAceType(ace.type) ? 8 : 4);
    const view = new DataView(head.buffer);
    view.setUint32(0, ace.mask, true);
    parts.push(head);
    if (isObjectAceType(ace.type)) {
      const present =
        (ace.objectType === undefined ? 0 : OBJECT_TYPE_PRESENT) |
        (ace.inheritedObjectType === undefined ? 0 : INHERITED_OBJECT_TYPE_PRESENT);
      view.setUint32(4, present, true);
      if (ace.objectType !== undefined) parts.push(encodeGuid(ace.objectType));
      if (ace.inheritedObjectType !== undefined) parts.push(encodeGuid(ace.inheritedObjectType));
    } else if (ace.objectType !== undefined || ace.inheritedObjectType !== undefined) {
      throw new TypeError(`entries of type ${ace.type} carry no object type`);
    }
    parts.push(encodeSid(ace.sid), ace.applicationData);
  } else parts.push(ace.body);
  const length = parts.reduce((sum, part) => sum + part.length, 4);
  const size = Math.ceil(length / 4) * 4;
  if (size > 0xffff) throw hresult('ERROR_INVALID_PARAMETER', 'an access control entry over 64 KiB');
  const out = new Uint8Array(size);
  out[0] = ace.type;
  out[1] = ace.flags;
  new DataView(out.buffer).setUint16(2, size, true);
  let at = 4;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
