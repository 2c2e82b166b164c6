/** Security descriptors as text. MS-DTYP 2.5.1. */
import { formatHex } from '#pki/asn1/bytes';
import { type Ace, isTrusteeAce } from './access-control-entry.ts';
import { CONTROL, type SecurityDescriptor } from './security-descriptor.ts';
import { DOMAIN_GROUPS, WELL_KNOWN_SIDS } from './well-known-sids.ts';

const TYPES: ReadonlyMap<number, string> = new Map([
  [0x00, 'A'],
  [0x01, 'D'],
  [0x02, 'AU'],
  [0x05, 'OA'],
  [0x06, 'OD'],
  [0x07, 'OU'],
  [0x09, 'XA'],
  [0x0a, 'XD'],
  [0x0b, 'ZA'],
  [0x0d, 'XU'],
  [0x11, 'ML'],
  [0x12, 'RA'],
  [0x13, 'SP'],
]);

/** Of an entry's flags. */
export const ACE_FLAG_LETTERS = [
  [0x01, 'OI'],
  [0x02, 'CI'],
  [0x04, 'NP'],
  [0x08, 'IO'],
  [0x10, 'ID'],
  [0x40, 'SA'],
  [0x80, 'FA'],
] as const;

/** Rights of directory objects (MS-ADTS 5.1.3.2) and the standard ones, from the lowest bit. */
export const RIGHTS_LETTERS = [
  [0x1, 'CC'],
  [0x2, 'DC'],
  [0x4, 'LC'],
  [0x8, 'SW'],
  [0x10, 'RP'],
  [0x20, 'WP'],
  [0x40, 'DT'],
  [0x80, 'LO'],
  [0x100, 'CR'],
  [0x10000, 'SD'],
  [0x20000, 'RC'],
  [0x40000, 'WD'],
  [0x80000, 'WO'],
  [0x10000000, 'GA'],
  [0x20000000, 'GX'],
  [0x40000000, 'GW'],
  [0x80000000, 'GR'],
] as const;

/** Undefined where a bit has no letters. */
function lettersOf(value: number, table: readonly (readonly [number, string])[]): string | undefined {
  let rest = value >>> 0;
  let text = '';
  for (const [bit, letters] of table) {
    if ((rest & bit) >>> 0 === 0) continue;
    rest = (rest & ~bit) >>> 0;
    text += letters;
  }
  return rest === 0 ? text : undefined;
}

function formatTrustee(sid: string, domainSid: string | undefined): string {
  const known = WELL_KNOWN_SIDS.find((entry) => entry.sid === sid);
  if (known) return known.sddl;
  if (domainSid !== undefined && sid.startsWith(`${domainSid}-`)) {
    const rid = sid.slice(domainSid.length + 1);
    const group = DOMAIN_GROUPS.find((entry) => String(entry.rid) === rid);
    if (group) return group.sddl;
  }
  return sid;
}

function formatAce(ace: Ace, domainSid: string | undefined): string {
  const type = TYPES.get(ace.type) ?? `0x${ace.type.toString(16)}`;
  const flags = lettersOf(ace.flags, ACE_FLAG_LETTERS) ?? `0x${ace.flags.toString(16)}`;
  // Octets have no agreed text; a number sign marks them, as in the values of resource attributes.
  const octets = (bytes: Uint8Array) => `#${formatHex(bytes)}`;
  if (!isTrusteeAce(ace)) return `(${type};${flags};;;;;${octets(ace.body)})`;
  const rights = lettersOf(ace.mask, RIGHTS_LETTERS) ?? `0x${ace.mask.toString(16)}`;
  const trustee = formatTrustee(ace.sid, domainSid);
  const data = ace.applicationData.length > 0 ? `;${octets(ace.applicationData)}` : '';
  return `(${type};${flags};${rights};${ace.objectType ?? ''};${ace.inheritedObjectType ?? ''};${trustee}${data})`;
}

function formatAcl(aces: readonly Ace[] | undefined, control: string, domainSid: string | undefined): string {
  if (aces === undefined) return `${control}NO_ACCESS_CONTROL`;
  return control + aces.map((ace) => formatAce(ace, domainSid)).join('');
}

/** `O:EAG:EAD:PAI(A;;...;;;AU)`; with the domain's SID its groups appear by their two letters. */
export function formatSddl(descriptor: SecurityDescriptor, domainSid?: string): string {
  const { control, owner, group, sacl, dacl } = descriptor;
  let text = '';
  if (owner !== undefined) text += `O:${formatTrustee(owner, domainSid)}`;
  if (group !== undefined) text += `G:${formatTrustee(group, domainSid)}`;
  const flags = (isProtected: number, isRequired: number, isInherited: number) =>
    (control & isProtected ? 'P' : '') + (control & isRequired ? 'AR' : '') + (control & isInherited ? 'AI' : '');
  if (control & CONTROL.DACL_PRESENT)
    text += `D:${formatAcl(dacl, flags(CONTROL.DACL_PROTECTED, CONTROL.DACL_AUTO_INHERIT_REQUIRED, CONTROL.DACL_AUTO_INHERITED), domainSid)}`;
  if (sacl !== undefined)
    text += `S:${formatAcl(sacl, flags(CONTROL.SACL_PROTECTED, CONTROL.SACL_AUTO_INHERIT_REQUIRED, CONTROL.SACL_AUTO_INHERITED), domainSid)}`;
  return text;
}
