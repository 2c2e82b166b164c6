/**
 * Restrictions of certificate managers, and of enrollment agents in the same form: security descriptors of callback entries,
 * the registry values OfficerRights and EnrollmentAgentRights. MS-CSRA 2.2.1.11.
 */
import { hresult } from '#hresult/hresult-error';
import { ACE_TYPE, type Ace, isTrusteeAce, type TrusteeAce } from '../template/access-control-entry.ts';
import {
  CONTROL,
  decodeSecurityDescriptor,
  encodeSecurityDescriptor,
  type SecurityDescriptor,
} from '../template/security-descriptor.ts';
import { decodeSid, encodeSid, sidLength } from '../template/sid.ts';
import { SID_ADMINISTRATORS } from '../template/well-known-sids.ts';

/** Whose requests by which template an officer may manage, or may not. */
export interface OfficerRight {
  readonly type: 'allow' | 'deny';
  readonly officer: string;
  /** SIDs of requesters and of groups they are in. */
  readonly subjects: readonly string[];
  /** Common name or OID; undefined: every template, and none. */
  readonly template: string | undefined;
}

/**
 * Whether the entries let somebody act for the requester: one allows it, and none denies it. `templates` are the names the
 * template goes by, in lower case, none where the request names no template.
 */
export function permitsOfficer(
  own: readonly OfficerRight[],
  requester: ReadonlySet<string>,
  templates: ReadonlySet<string>,
): boolean {
  const matching = concerning(own, templates).filter(({ subjects }) => subjects.some((sid) => requester.has(sid)));
  return matching.length > 0 && matching.every(({ type }) => type === 'allow');
}

/** The entries that are about a template. */
export function concerning(rights: readonly OfficerRight[], templates: ReadonlySet<string>): readonly OfficerRight[] {
  return rights.filter(({ template }) => template === undefined || templates.has(template.toLowerCase()));
}

/** The entries of somebody, his own and those of his groups. */
export function officerRightsOf(
  rights: readonly OfficerRight[],
  { sid, groupSids }: { readonly sid: string; readonly groupSids: readonly string[] },
): readonly OfficerRight[] {
  const token = new Set([sid, ...groupSids]);
  return rights.filter(({ officer }) => token.has(officer));
}

/** DELETE: the one access mask these entries have. */
const MASK = 0x00010000;

/** Throws ERROR_INVALID_DATA, also for an entry of another kind: what is not understood must not widen a restriction. */
export function decodeOfficerRights(bytes: Uint8Array): readonly OfficerRight[] {
  return officerRightsIn(decodeSecurityDescriptor(bytes));
}

export function officerRightsIn({ dacl }: Pick<SecurityDescriptor, 'dacl'>): readonly OfficerRight[] {
  if (dacl === undefined) throw hresult('ERROR_INVALID_DATA', 'the restrictions have no access control list');
  return dacl.map((ace) => {
    if (!isTrusteeAce(ace) || !isCallback(ace) || ace.mask !== MASK)
      throw hresult('ERROR_INVALID_DATA', `an entry of type ${ace.type} restricts no certificate manager`);
    const type = ace.type === ACE_TYPE.ACCESS_ALLOWED_CALLBACK ? 'allow' : 'deny';
    return { type, officer: ace.sid, ...decodeApplicationData(ace.applicationData) };
  });
}

function isCallback({ type }: TrusteeAce): boolean {
  return type === ACE_TYPE.ACCESS_ALLOWED_CALLBACK || type === ACE_TYPE.ACCESS_DENIED_CALLBACK;
}

/** SIDCount, SIDs, TemplateName. The entry may be filled up with zeros behind them. */
function decodeApplicationData(data: Uint8Array): Pick<OfficerRight, 'subjects' | 'template'> {
  if (data.length < 4) throw hresult('ERROR_INVALID_DATA', 'a restriction names no requesters');
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const count = view.getUint32(0, true);
  const subjects: string[] = [];
  let at = 4;
  for (let i = 0; i < count; i++) {
    const end = at + sidLength(data, at);
    subjects.push(decodeSid(data.subarray(at, end)));
    at = end;
  }
  let template = '';
  for (; at + 2 <= data.length; at += 2) {
    const unit = view.getUint16(at, true);
    if (unit === 0) break;
    template += String.fromCharCode(unit);
  }
  return { subjects, template: template || undefined };
}

/**
 * Denials first, as MS-DTYP 2.4.5 has lists in order. An entry for every template ends behind the SIDs, as AD CS writes it;
 * its owner is BUILTIN\Administrators, without which AD CS does not take the descriptor.
 */
export function encodeOfficerRights(rights: readonly OfficerRight[]): Uint8Array {
  const entry = ({ type, officer, subjects, template }: OfficerRight): Ace => ({
    type: type === 'allow' ? ACE_TYPE.ACCESS_ALLOWED_CALLBACK : ACE_TYPE.ACCESS_DENIED_CALLBACK,
    flags: 0,
    mask: MASK,
    sid: officer,
    applicationData: encodeApplicationData(subjects, template),
  });
  const ordered = [...rights.filter(({ type }) => type === 'deny'), ...rights.filter(({ type }) => type === 'allow')];
  return encodeSecurityDescriptor({
    control: CONTROL.SELF_RELATIVE,
    owner: SID_ADMINISTRATORS,
    dacl: ordered.map(entry),
  });
}

function encodeApplicationData(subjects: readonly string[], template: string | undefined): Uint8Array {
  const sids = subjects.map(encodeSid);
  const name = template ? `${template}\0` : '';
  const data = new Uint8Array(sids.reduce((sum, sid) => sum + sid.length, 4 + 2 * name.length));
  const view = new DataView(data.buffer);
  view.setUint32(0, sids.length, true);
  let at = 4;
  for (const sid of sids) {
    data.set(sid, at);
    at += sid.length;
  }
  for (let i = 0; i < name.length; i++) view.setUint16(at + 2 * i, name.charCodeAt(i), true);
  return data;
}
