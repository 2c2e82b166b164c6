/** Between a template's access control list and the five rights the snap-in shows. MS-CRTD 2.5. */

import { TEMPLATE_RIGHTS, type TemplateAccess, type TemplateRight } from './access.ts';
import { ACE_FLAG, ACE_TYPE, type Ace, isTrusteeAce, type TrusteeAce } from './access-control-entry.ts';
import { CONTROL, type SecurityDescriptor } from './security-descriptor.ts';
import { SID_EVERYONE } from './well-known-sids.ts';

/** The extended rights. MS-CRTD 2.5.2. */
export const GUID_ENROLL = '0e10c968-78fb-11d2-90d4-00c04f79dc55';
export const GUID_AUTOENROLL = 'a05b8cc2-17bc-4802-a710-e7c15ab866a2';

const CONTROL_ACCESS = 0x100;
const WRITE_PROPERTY = 0x20;
/** RC, LO, RP, LC: what Windows writes for Read; MS-CRTD 2.5.3 asks for three of them. */
const READ = 0x20094;
const READ_REQUIRED = 0x20014;
/** WO, WD, WP. Each of them is enough to take the template over, so each counts. */
const WRITE = 0xc0020;
const FULL_CONTROL = 0xf01ff;
/** The mask Windows gives its enroll entries: the right itself and its property set. */
const ENROLL = 0x130;

/** Generic rights of directory objects. MS-ADTS 5.1.3.2. */
const GENERIC = [
  [0x80000000, 0x20094],
  [0x40000000, 0x20028],
  [0x20000000, 0x20004],
  [0x10000000, FULL_CONTROL],
] as const;

const ALLOW_TYPES: ReadonlySet<number> = new Set([ACE_TYPE.ACCESS_ALLOWED, ACE_TYPE.ACCESS_ALLOWED_OBJECT]);
// The conditions of callback entries are not evaluated: such a grant grants nothing, such a denial always denies.
const DENY_TYPES: ReadonlySet<number> = new Set([
  ACE_TYPE.ACCESS_DENIED,
  ACE_TYPE.ACCESS_DENIED_OBJECT,
  ACE_TYPE.ACCESS_DENIED_CALLBACK,
  ACE_TYPE.ACCESS_DENIED_CALLBACK_OBJECT,
]);

function specificMask(mask: number): number {
  let specific = mask;
  for (const [generic, mapped] of GENERIC) if ((mask & generic) >>> 0 !== 0) specific |= mapped;
  return specific >>> 0;
}

function rightsOf(ace: TrusteeAce, type: 'allow' | 'deny'): ReadonlySet<TemplateRight> {
  const rights = new Set<TemplateRight>();
  const mask = specificMask(ace.mask);
  if (ace.objectType === GUID_ENROLL || ace.objectType === GUID_AUTOENROLL) {
    if (mask & CONTROL_ACCESS) rights.add(ace.objectType === GUID_ENROLL ? 'enroll' : 'autoenroll');
    return rights;
  }
  if (ace.objectType !== undefined) {
    if (type === 'allow' && mask & WRITE_PROPERTY) rights.add('write');
    return rights;
  }
  if (type === 'allow' ? (mask & READ_REQUIRED) === READ_REQUIRED : mask & READ_REQUIRED) rights.add('read');
  if (mask & WRITE) rights.add('write');
  if (mask & CONTROL_ACCESS) rights.add('enroll').add('autoenroll');
  if ((mask & FULL_CONTROL) === FULL_CONTROL) rights.add('fullControl');
  return rights;
}

function entryOf(ace: Ace): { type: 'allow' | 'deny'; sid: string; rights: ReadonlySet<TemplateRight> } | undefined {
  if (!isTrusteeAce(ace) || ace.flags & ACE_FLAG.INHERIT_ONLY) return undefined;
  const type = ALLOW_TYPES.has(ace.type) ? 'allow' : DENY_TYPES.has(ace.type) ? 'deny' : undefined;
  if (type === undefined) return undefined;
  const rights = rightsOf(ace, type);
  return rights.size > 0 ? { type, sid: ace.sid, rights } : undefined;
}

function normalRights(rights: ReadonlySet<TemplateRight>): readonly TemplateRight[] {
  return rights.has('fullControl') ? ['fullControl'] : TEMPLATE_RIGHTS.filter((right) => rights.has(right));
}

/**
 * One entry a trustee and kind, denials first, otherwise in the order of the list. Without a list there is nothing that
 * keeps anybody out (MS-DTYP 2.4.6): Everyone then has full control.
 */
export function permissionsOf(descriptor: SecurityDescriptor): TemplateAccess[] {
  if (descriptor.dacl === undefined) return [{ type: 'allow', sid: SID_EVERYONE, rights: ['fullControl'] }];
  const merged = new Map<string, { type: 'allow' | 'deny'; sid: string; rights: Set<TemplateRight> }>();
  for (const ace of descriptor.dacl) {
    const entry = entryOf(ace);
    if (!entry) continue;
    const key = `${entry.type} ${entry.sid}`;
    const known = merged.get(key) ?? { type: entry.type, sid: entry.sid, rights: new Set() };
    for (const right of entry.rights) known.rights.add(right);
    merged.set(key, known);
  }
  const entries = [...merged.values()].map(({ type, sid, rights }) => ({ type, sid, rights: normalRights(rights) }));
  return [...entries.filter(({ type }) => type === 'deny'), ...entries.filter(({ type }) => type === 'allow')];
}

function acesFor(access: TemplateAccess): Ace[] {
  const deny = access.type === 'deny';
  const rights = new Set(access.rights);
  const plain = (mask: number): Ace => ({
    type: deny ? ACE_TYPE.ACCESS_DENIED : ACE_TYPE.ACCESS_ALLOWED,
    flags: 0,
    mask,
    sid: access.sid,
    applicationData: new Uint8Array(),
  });
  if (rights.has('fullControl')) return [plain(FULL_CONTROL)];
  const aces: Ace[] = [];
  const mask = (rights.has('read') ? READ : 0) | (rights.has('write') ? WRITE : 0);
  if (mask !== 0) aces.push(plain(mask));
  for (const [right, objectType] of [['enroll', GUID_ENROLL] as const, ['autoenroll', GUID_AUTOENROLL] as const]) {
    if (!rights.has(right)) continue;
    aces.push({
      type: deny ? ACE_TYPE.ACCESS_DENIED_OBJECT : ACE_TYPE.ACCESS_ALLOWED_OBJECT,
      flags: 0,
      mask: deny ? CONTROL_ACCESS : ENROLL,
      sid: access.sid,
      objectType,
      applicationData: new Uint8Array(),
    });
  }
  return aces;
}

/** True where both lists say the same of the same trustees; account names are only for reading. */
export function isSamePermissions(a: readonly TemplateAccess[], b: readonly TemplateAccess[]): boolean {
  const text = (access: TemplateAccess) => `${access.type} ${access.sid} ${normalRights(new Set(access.rights))}`;
  const left = a.filter(({ rights }) => rights.length > 0).map(text);
  const right = new Set(b.filter(({ rights }) => rights.length > 0).map(text));
  return left.length === right.size && left.every((entry) => right.has(entry));
}

/**
 * A descriptor that says `permissions`. Of `base` it keeps group, audit list, every entry that grants none of the five
 * rights, and the entries of trustees whose rights stay as they are.
 */
export function securityDescriptorFor(
  owner: string,
  permissions: readonly TemplateAccess[],
  base?: SecurityDescriptor,
): SecurityDescriptor {
  const before = base?.dacl === undefined ? [] : permissionsOf(base);
  const isKept = (sid: string, type: string) =>
    isSamePermissions(
      before.filter((access) => access.sid === sid && access.type === type),
      permissions.filter((access) => access.sid === sid && access.type === type),
    );
  const kept = (base?.dacl ?? []).filter((ace) => {
    const entry = entryOf(ace);
    return entry === undefined || isKept(entry.sid, entry.type);
  });
  const fresh = permissions.filter(({ sid, type }) => !isKept(sid, type));
  const isDenial = (ace: Ace) => DENY_TYPES.has(ace.type);
  const dacl = [...kept, ...fresh.flatMap(acesFor)];
  const { dacl: _, owner: __, ...rest } = base ?? { control: CONTROL.DACL_PROTECTED, group: owner };
  return {
    ...rest,
    control: rest.control | CONTROL.SELF_RELATIVE | CONTROL.DACL_PRESENT,
    ...(owner === '' ? {} : { owner }),
    // Explicit denials stand before grants in canonical order (MS-DTYP 2.4.5).
    dacl: [...dacl.filter(isDenial), ...dacl.filter((ace) => !isDenial(ace))],
  };
}
