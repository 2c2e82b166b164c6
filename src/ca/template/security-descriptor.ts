/** Self-relative security descriptors, the value of nTSecurityDescriptor. MS-DTYP 2.4.5, 2.4.6. */
import { hresult } from '#hresult/hresult-error';
import { type Ace, decodeAce, encodeAce, isObjectAceType } from './access-control-entry.ts';
import { decodeSid, encodeSid, sidLength } from './sid.ts';

/** MS-DTYP 2.4.6 Control. */
export const CONTROL = {
  DACL_PRESENT: 0x0004,
  SACL_PRESENT: 0x0010,
  DACL_AUTO_INHERIT_REQUIRED: 0x0100,
  SACL_AUTO_INHERIT_REQUIRED: 0x0200,
  DACL_AUTO_INHERITED: 0x0400,
  SACL_AUTO_INHERITED: 0x0800,
  DACL_PROTECTED: 0x1000,
  SACL_PROTECTED: 0x2000,
  SELF_RELATIVE: 0x8000,
} as const;

export interface SecurityDescriptor {
  /** Presence of the lists and SELF_RELATIVE are set by the encoder. */
  readonly control: number;
  readonly owner?: string;
  readonly group?: string;
  readonly sacl?: readonly Ace[];
  /** Where absent nobody is kept out; where empty everybody is. */
  readonly dacl?: readonly Ace[];
}

const HEADER = 20;

function decodeAcl(bytes: Uint8Array, at: number): Ace[] {
  if (at + 8 > bytes.length) throw hresult('ERROR_INVALID_DATA', 'the access control list is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const revision = bytes[at];
  const end = at + view.getUint16(at + 2, true);
  const count = view.getUint16(at + 4, true);
  if ((revision !== 2 && revision !== 4) || end < at + 8 || end > bytes.length)
    throw hresult('ERROR_INVALID_DATA', `no access control list at offset ${at}`);
  const aces: Ace[] = [];
  let next = at + 8;
  for (let i = 0; i < count; i++) {
    const { ace, size } = decodeAce(bytes, next, end);
    aces.push(ace);
    next += size;
  }
  return aces;
}

function encodeAcl(aces: readonly Ace[]): Uint8Array {
  const parts = aces.map(encodeAce);
  const size = parts.reduce((sum, part) => sum + part.length, 8);
  if (size > 0xffff) throw hresult('ERROR_INVALID_PARAMETER', 'an access control list over 64 KiB');
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  // MS-DTYP 2.4.5: object entries need revision 4.
  out[0] = aces.some((ace) => isObjectAceType(ace.type)) ? 4 : 2;
  view.setUint16(2, size, true);
  view.setUint16(4, aces.length, true);
  let at = 8;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Throws ERROR_INVALID_DATA. */
export function decodeSecurityDescriptor(bytes: Uint8Array): SecurityDescriptor {
  if (bytes.length < HEADER || bytes[0] !== 1) throw hresult('ERROR_INVALID_DATA', 'no security descriptor');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const control = view.getUint16(2, true);
  if ((control & CONTROL.SELF_RELATIVE) === 0)
    throw hresult('ERROR_INVALID_DATA', 'the security descriptor is not self-relative');
  const offset = (at: number): number | undefined => {
    const value = view.getUint32(at, true);
    if (value === 0) return undefined;
    if (value < HEADER || value >= bytes.length)
      throw hresult('ERROR_INVALID_DATA', `an offset of the security descriptor points to ${value}`);
    return value;
  };
  const sid = (at: number | undefined): string | undefined =>
    at === undefined ? undefined : decodeSid(bytes.subarray(at, at + sidLength(bytes, at)));
  const acl = (at: number | undefined, present: number): Ace[] | undefined =>
    at === undefined || (control & present) === 0 ? undefined : decodeAcl(bytes, at);
  const owner = sid(offset(4));
  const group = sid(offset(8));
  const sacl = acl(offset(12), CONTROL.SACL_PRESENT);
  const dacl = acl(offset(16), CONTROL.DACL_PRESENT);
  return {
    control,
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
    ...(sacl === undefined ? {} : { sacl }),
    ...(dacl === undefined ? {} : { dacl }),
  };
}

/** In the order Windows lays it out: SACL, DACL, owner, group. */
export function encodeSecurityDescriptor(descriptor: SecurityDescriptor): Uint8Array {
  const { owner, group, sacl, dacl } = descriptor;
  const parts: (readonly [field: number, bytes: Uint8Array])[] = [];
  if (sacl) parts.push([12, encodeAcl(sacl)]);
  if (dacl) parts.push([16, encodeAcl(dacl)]);
  if (owner !== undefined) parts.push([4, encodeSid(owner)]);
  if (group !== undefined) parts.push([8, encodeSid(group)]);
  const out = new Uint8Array(parts.reduce((sum, [, bytes]) => sum + bytes.length, HEADER));
  const view = new DataView(out.buffer);
  out[0] = 1;
  let control = descriptor.control | CONTROL.SELF_RELATIVE;
  // A NULL DACL is "present" with offset 0 (MS-DTYP 2.4.6): the bit stays as it was read.
  if (dacl) control |= CONTROL.DACL_PRESENT;
  control = sacl ? control | CONTROL.SACL_PRESENT : control & ~CONTROL.SACL_PRESENT;
  view.setUint16(2, control, true);
  let at = HEADER;
  for (const [field, bytes] of parts) {
    view.setUint32(field, at, true);
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
}
