/** Who manages whose requests, and asks for whom: the pages Certificate Managers and Enrollment Agents of the CA's properties. MS-CSRA 3.1.4.2.13 SetOfficerRights. */
import { hresult } from '#hresult/hresult-error';
import type { OfficerEntry, OfficerRestriction, RestrictedOfficer, RestrictionKind } from '../api.ts';
import { audit } from '../audit/audit.ts';
import type { Authority, Caller } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Directory, DirectoryPrincipal, RegistryValue } from '../ports.ts';
import { ACE_TYPE, isTrusteeAce } from '../template/access-control-entry.ts';
import { findTemplate } from '../template/matching.ts';
import { formatSddl } from '../template/sddl.ts';
import { decodeSecurityDescriptor } from '../template/security-descriptor.ts';
import { SID_EVERYONE } from '../template/well-known-sids.ts';
import { authorize } from './authorize.ts';
import { decodeOfficerRights, encodeOfficerRights, type OfficerRight } from './officer-rights.ts';
import { requirePrincipal } from './principal.ts';
import { CA_RIGHT, rightsOf } from './rights.ts';

/** MS-CSRA 3.1.4.2.12 GetOfficerRights. Undefined where no manager is restricted. Throws as `authorize`. */
export async function officerRestrictions(
  authority: Authority,
  caller: Caller,
  kind: RestrictionKind,
): Promise<readonly OfficerEntry[] | undefined> {
  const configuration = await authorize(authority, caller, ['Read', 'Officer', 'Administrator']);
  const { directory } = authority.ports;
  const rights = rightsIn(configuration, kind);
  if (rights === undefined) return undefined;
  const entries: OfficerEntry[] = [];
  for (const { type, officer, subjects, template } of rights) {
    entries.push({
      type,
      officer: await nameOf(directory, officer),
      subjects: await Promise.all(subjects.map((sid) => nameOf(directory, sid))),
      template,
    });
  }
  return entries;
}

/**
 * Lets one manager, or agent, or a group of them, do exactly this. Where no manager was restricted before, all others go on
 * managing everything; agents without an entry ask for nobody. Throws as `authorize`, ERROR_NONE_MAPPED, CERTSRV_E_UNKNOWN_CERT_TYPE, ERROR_NOT_SUPPORTED for a template on a
 * stand-alone CA, ERROR_INVALID_PARAMETER for an account that is no certificate manager.
 */
export async function restrictOfficer(
  authority: Authority,
  caller: Caller,
  kind: RestrictionKind,
  account: string,
  restrictions: readonly OfficerRestriction[],
): Promise<RestrictedOfficer> {
  const { directory } = authority.ports;
  const attempt = { event: 'officerRightsChanged', values: ['Yes', account] } as const;
  const configuration = await authorize(authority, caller, ['Administrator'], attempt);
  const officer = await requirePrincipal(directory, account);
  if (kind === 'OfficerRights' && !(rightsOf(configuration, officer) & CA_RIGHT.Officer)) {
    throw hresult('ERROR_INVALID_PARAMETER', `${officer.accountName} is no certificate manager.`, {
      hint: `make it one first: certhaven permit ${officer.accountName} manage-certificates`,
    });
  }
  const own = await Promise.all(restrictions.map((each) => officerRight(authority, officer.sid, each)));
  const unrestricted = kind === 'OfficerRights' ? unrestrictedOfficers(configuration) : [];
  const others = (rightsIn(configuration, kind) ?? unrestricted).filter((right) => right.officer !== officer.sid);
  await store(authority, caller, configuration, kind, [...others, ...own]);
  return {
    accountName: officer.accountName,
    unrestrictedThrough: await unrestrictedThrough(directory, officer, others),
  };
}

/** Nobody is restricted any more. Throws as `authorize`. */
export async function liftOfficerRestrictions(
  authority: Authority,
  caller: Caller,
  kind: RestrictionKind,
): Promise<void> {
  const attempt = { event: 'officerRightsChanged', values: ['No', ''] } as const;
  const configuration = await authorize(authority, caller, ['Administrator'], attempt);
  if (configuration.value(kind) !== undefined) await store(authority, caller, configuration, kind, undefined);
}

function rightsIn(configuration: Configuration, kind: RestrictionKind): readonly OfficerRight[] | undefined {
  const raw = configuration.binary(kind);
  return raw && decodeOfficerRights(raw);
}

/** Who manages certificates by the CA's security descriptor, each for all. */
function unrestrictedOfficers(configuration: Configuration): readonly OfficerRight[] {
  const security = configuration.binary('Security');
  return (security ? (decodeSecurityDescriptor(security).dacl ?? []) : []).flatMap((ace) =>
    isTrusteeAce(ace) && ace.type === ACE_TYPE.ACCESS_ALLOWED && ace.mask & CA_RIGHT.Officer
      ? [{ type: 'allow', officer: ace.sid, subjects: [SID_EVERYONE], template: undefined } as const]
      : [],
  );
}

/** Groups whose entries leave the manager everything: rights of a token add up. */
async function unrestrictedThrough(
  directory: Directory,
  officer: DirectoryPrincipal,
  rights: readonly OfficerRight[],
): Promise<readonly string[]> {
  const groups = rights.filter(
    (right) =>
      right.type === 'allow' &&
      right.template === undefined &&
      right.subjects.includes(SID_EVERYONE) &&
      officer.groupSids.includes(right.officer),
  );
  return Promise.all(groups.map((right) => nameOf(directory, right.officer)));
}

async function officerRight(
  authority: Authority,
  officer: string,
  { type, subjects, template }: OfficerRestriction,
): Promise<OfficerRight> {
  const { directory } = authority.ports;
  const sids = await Promise.all(subjects.map(async (subject) => (await requirePrincipal(directory, subject)).sid));
  return { type, officer, subjects: sids, template: template && (await commonNameOf(authority, template)) };
}

/** MS-CSRA 2.2.1.11 has the common name; entries with the OID, which AD CS writes too, are understood. */
async function commonNameOf({ enterprise, templates }: Authority, template: string): Promise<string> {
  if (!enterprise) throw hresult('ERROR_NOT_SUPPORTED', 'A stand-alone CA has no templates.');
  const found = findTemplate((await templates.read()).templates, template);
  if (found) return found.cn;
  throw hresult('CERTSRV_E_UNKNOWN_CERT_TYPE', `There is no template ${template}.`, {
    hint: 'certutil -Template lists them',
  });
}

async function nameOf(directory: Directory, sid: string): Promise<string> {
  const [principal] = await directory.findPrincipals(sid);
  return principal?.accountName ?? sid;
}

async function store(
  { ports: { clock, database, directory } }: Authority,
  caller: Caller,
  configuration: Configuration,
  kind: RestrictionKind,
  rights: readonly OfficerRight[] | undefined,
): Promise<void> {
  const setting = { path: '', name: kind } as const;
  const data = rights && encodeOfficerRights(rights);
  const context = { time: clock.now(), subject: caller.accountName, configuration };
  const sddl = data ? formatSddl(decodeSecurityDescriptor(data), directory.domain.sid) : '';
  await database.commit([
    data
      ? { set: 'Registry', ...setting, value: { type: 'REG_BINARY', data } satisfies RegistryValue }
      : { remove: 'Registry', ...setting },
    ...audit(context, 'officerRightsChanged', [rights ? 'Yes' : 'No', sddl]),
  ]);
}
