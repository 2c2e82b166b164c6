/** Security descriptors out of the text of MS-DTYP 2.5.1: owner, group and DACL, of entries that allow or deny. */
import { hresult } from '#hresult/hresult-error';
import { ACE_TYPE, type TrusteeAce } from './access-control-entry.ts';
import { ACE_FLAG_LETTERS, RIGHTS_LETTERS } from './sddl.ts';
import { CONTROL, type SecurityDescriptor } from './security-descriptor.ts';
import { DOMAIN_GROUPS, WELL_KNOWN_SIDS } from './well-known-sids.ts';

/** Rights of files and registry keys, which stand for several bits (MS-DTYP 2.5.1.1). */
const COMBINED_RIGHTS: readonly (readonly [mask: number, letters: string])[] = [
  [0x1f01ff, 'FA'],
  [0x120089, 'FR'],
  [0x120116, 'FW'],
  [0x1200a0, 'FX'],
  [0xf003f, 'KA'],
  [0x20019, 'KR'],
  [0x20006, 'KW'],
  [0x20019, 'KX'],
];
const RIGHTS = [...RIGHTS_LETTERS, ...COMBINED_RIGHTS];

/**
 * Throws ERROR_INVALID_PARAMETER for what is no such text, and for entries of other types and system lists, which have no use
 * here. The groups of a domain are known by their two letters where `domainSid` is given.
 */
export function parseSddl(text: string, domainSid?: string): SecurityDescriptor {
  const form = /^(?:O:([A-Z0-9-]+?))?(?:G:([A-Z0-9-]+?))?D:(P|AR|AI)*((?:\([^()]*\))*)$/i.exec(text.trim());
  if (!form) {
    throw hresult('ERROR_INVALID_PARAMETER', `"${text}" is no security descriptor.`, {
      hint: 'write it as SDDL, such as D:P(A;;GAGR;;;BA)(A;;GAGR;;;SY)',
    });
  }
  const [, owner, group, , entries = ''] = form;
  const isProtected = /D:[A-Z]*P/i.test(text.split('(')[0]!);
  const dacl = [...entries.matchAll(/\(([^()]*)\)/g)].map(([, entry]) => parseAce(entry!, domainSid));
  return {
    control: CONTROL.SELF_RELATIVE | CONTROL.DACL_PRESENT | (isProtected ? CONTROL.DACL_PROTECTED : 0),
    ...(owner === undefined ? {} : { owner: parseTrustee(owner, domainSid) }),
    ...(group === undefined ? {} : { group: parseTrustee(group, domainSid) }),
    dacl,
  };
}

function parseAce(text: string, domainSid: string | undefined): TrusteeAce {
  const [type = '', flags = '', rights = '', objectType, inheritedType, trustee, ...more] = text.split(';');
  const known = { A: ACE_TYPE.ACCESS_ALLOWED, D: ACE_TYPE.ACCESS_DENIED }[type.trim().toUpperCase()];
  if (known === undefined || objectType || inheritedType || trustee === undefined || more.length > 0) {
    throw hresult('ERROR_INVALID_PARAMETER', `"(${text})" neither allows nor denies anything to somebody.`, {
      hint: 'write entries as (A;;GR;;;WHO) or (D;;GR;;;WHO)',
    });
  }
  return {
    type: known,
    flags: parseLetters(flags, ACE_FLAG_LETTERS, text),
    mask: parseLetters(rights, RIGHTS, text),
    sid: parseTrustee(trustee, domainSid),
    applicationData: new Uint8Array(0),
  };
}

function parseLetters(text: string, table: readonly (readonly [number, string])[], ace: string): number {
  const word = text.trim().toUpperCase();
  if (/^0X[0-9A-F]{1,8}$/.test(word)) return Number(word);
  let mask = 0;
  for (const letters of word.match(/.{1,2}/g) ?? []) {
    const bits = table.find(([, known]) => known === letters)?.[0];
    if (bits === undefined) throw hresult('ERROR_INVALID_PARAMETER', `"${letters}" in (${ace}) is not known.`);
    mask = (mask | bits) >>> 0;
  }
  return mask;
}

function parseTrustee(text: string, domainSid: string | undefined): string {
  const word = text.trim();
  if (/^S-1-(?:[0-9]{1,10}-){1,14}[0-9]{1,10}$/i.test(word) || /^S-1-[0-9]{1,10}-[0-9]{1,10}$/i.test(word)) {
    return word.toUpperCase();
  }
  const known = WELL_KNOWN_SIDS.find(({ sddl }) => sddl === word.toUpperCase());
  if (known) return known.sid;
  const group = DOMAIN_GROUPS.find(({ sddl }) => sddl === word.toUpperCase());
  if (group && domainSid !== undefined) return `${domainSid}-${group.rid}`;
  throw hresult('ERROR_INVALID_PARAMETER', `"${word}" is nobody that is known here.`, {
    hint: 'name people and groups by their SID: certhaven whoami --sid',
  });
}
