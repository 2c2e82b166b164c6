/** People, computers and groups among the objects, and the groups each is in. */
import type { DatabaseSync } from 'node:sqlite';
import type { DirectoryObject, DirectoryPrincipal } from '#ca/ports';
import { decodeSid, encodeSid, isSid } from '#ca/template/sid';
import {
  SID_AUTHENTICATED_USERS,
  SID_ENTERPRISE_DOMAIN_CONTROLLERS,
  SID_EVERYONE,
  WELL_KNOWN_SIDS,
} from '#ca/template/well-known-sids';
import { parseDistinguishedName } from '../distinguished-name.ts';
import { childIds, findId, idsWithValue, nameKey, readObject, readObjectWithoutCertificates } from './object-table.ts';
import type { TokenGroups } from './token-groups.ts';

export interface Domain {
  readonly netbiosName: string;
  readonly dnsName: string;
  readonly sid: string;
}

export const DOMAIN_CONTROLLERS_RID = 516;

export function textOf(object: DirectoryObject, attribute: string): string | undefined {
  const value = object.attributes.get(attribute)?.[0];
  return typeof value === 'string' ? value : undefined;
}

function kindOf(object: DirectoryObject): DirectoryPrincipal['kind'] | undefined {
  const classes = new Set((object.attributes.get('objectClass') ?? []).map((value) => String(value).toLowerCase()));
  // In Active Directory a computer is of class user too.
  if (classes.has('computer')) return 'computer';
  if (classes.has('user')) return 'user';
  return classes.has('group') || classes.has('foreignsecurityprincipal') ? 'group' : undefined;
}

function sidOf(object: DirectoryObject): string | undefined {
  const value = object.attributes.get('objectSid')?.[0];
  return value instanceof Uint8Array ? decodeSid(value) : undefined;
}

function accountNameOf(object: DirectoryObject, sid: string, domain: Domain): string {
  const wellKnown = WELL_KNOWN_SIDS.find((entry) => entry.sid === sid);
  if (wellKnown) return wellKnown.accountName;
  return `${domain.netbiosName}\\${textOf(object, 'sAMAccountName') ?? textOf(object, 'cn') ?? sid}`;
}

/**
 * Groups that name one of these objects as a member, and the groups these are in, to any depth. SQLite takes a CROSS JOIN as
 * it is written (https://www.sqlite.org/lang_select.html): left to itself it begins with the SIDs of the whole domain.
 */
const GROUPS_ABOVE = `
WITH RECURSIVE above (id) AS (
  SELECT attribute_values.object FROM json_each(?) AS start
    CROSS JOIN attribute_values ON attribute_values.name = 'member' AND attribute_values.key = start.value
  UNION
  SELECT attribute_values.object FROM above
    CROSS JOIN objects ON objects.id = above.id
    CROSS JOIN attribute_values ON attribute_values.name = 'member' AND attribute_values.key = objects.dn_key
)
SELECT attribute_values.value AS sid FROM above
  CROSS JOIN attribute_values ON attribute_values.object = above.id AND attribute_values.name = 'objectsid'
`;

function dnKeyOfSid(database: DatabaseSync, sid: string): string[] {
  return idsWithValue(database, 'objectSid', encodeSid(sid)).map((id) =>
    nameKey(readObject(database, id).distinguishedName),
  );
}

/**
 * What a token of the principal holds: the primary group (MS-ADTS 3.1.1.4.5: by RID, not by member), the groups that name
 * it, the well-known ones everybody who signed in is in, and the groups that name those.
 */
function groupSidsOf(
  database: DatabaseSync,
  object: DirectoryObject,
  kind: DirectoryPrincipal['kind'],
  domain: Domain,
): string[] {
  const direct: string[] = [];
  const primaryGroupId = textOf(object, 'primaryGroupID');
  if (primaryGroupId !== undefined) direct.push(`${domain.sid}-${primaryGroupId}`);
  if (kind !== 'group') {
    direct.push(SID_EVERYONE, SID_AUTHENTICATED_USERS);
    if (Number(primaryGroupId) === DOMAIN_CONTROLLERS_RID) direct.push(SID_ENTERPRISE_DOMAIN_CONTROLLERS);
  }
  const starts = [nameKey(object.distinguishedName), ...direct.flatMap((sid) => dnKeyOfSid(database, sid))];
  const nested = database.prepare(GROUPS_ABOVE).all(JSON.stringify(starts));
  const sids = nested.map((row) => decodeSid(row['sid'] as Uint8Array));
  return [...new Set([...direct, ...sids])].sort();
}

/** Undefined where the object is no principal. `groups` keeps what was found. */
export function readPrincipal(
  database: DatabaseSync,
  id: number,
  domain: Domain,
  groups?: TokenGroups,
): DirectoryPrincipal | undefined {
  const object = readObjectWithoutCertificates(database, id);
  const kind = kindOf(object);
  const sid = sidOf(object);
  if (kind === undefined || sid === undefined) return undefined;
  const find = () => groupSidsOf(database, object, kind, domain);
  return {
    accountName: accountNameOf(object, sid, domain),
    sid,
    kind,
    object,
    groupSids: groups ? groups.of(database, id, find) : find(),
  };
}

function idsByAccount(database: DatabaseSync, name: string): number[] {
  // A computer's account ends in a dollar sign that people leave out.
  return [...idsWithValue(database, 'sAMAccountName', name), ...idsWithValue(database, 'sAMAccountName', `${name}$`)];
}

function idsInContainers(database: DatabaseSync, container: string, name: string): number[] {
  const named = new Set([...idsWithValue(database, 'cn', name), ...idsByAccount(database, name)]);
  const parents = [...idsWithValue(database, 'cn', container), ...idsWithValue(database, 'ou', container)];
  return parents
    .flatMap((parent) => childIds(database, nameKey(readObject(database, parent).distinguishedName)))
    .filter((id) => named.has(id));
}

function idsByQualifiedName(database: DatabaseSync, qualifier: string, name: string, domain: Domain): number[] {
  const lower = qualifier.toLowerCase();
  const ids = idsInContainers(database, qualifier, name);
  if (lower === domain.netbiosName.toLowerCase() || lower === domain.dnsName.toLowerCase())
    ids.push(...idsByAccount(database, name));
  return [...ids, ...idsByWellKnownName(database, `${qualifier}\\${name}`)];
}

/** `NT AUTHORITY\Authenticated Users`, or the name alone. */
function idsByWellKnownName(database: DatabaseSync, accountName: string): number[] {
  const wanted = accountName.toLowerCase();
  return WELL_KNOWN_SIDS.filter((entry) => {
    const known = entry.accountName.toLowerCase();
    return known === wanted || known.slice(known.indexOf('\\') + 1) === wanted;
  }).flatMap(({ sid }) => idsWithValue(database, 'objectSid', encodeSid(sid)));
}

function idsByUserPrincipalName(database: DatabaseSync, token: string, domain: Domain): number[] {
  const ids = idsWithValue(database, 'userPrincipalName', token);
  const at = token.lastIndexOf('@');
  // MS-ADTS 5.1.1.1.1: account name @ DNS name of the domain names the account whatever its own UPN says.
  if (token.slice(at + 1).toLowerCase() === domain.dnsName.toLowerCase())
    ids.push(...idsByAccount(database, token.slice(0, at)));
  return ids;
}

function isDistinguishedName(token: string): boolean {
  try {
    parseDistinguishedName(token);
    return true;
  } catch {
    return false;
  }
}

/** Ids of all objects the token may mean, each once, in the order they were made. */
function idsOfToken(database: DatabaseSync, token: string, domain: Domain): number[] {
  if (isSid(token)) return idsWithValue(database, 'objectSid', encodeSid(token));
  if (isDistinguishedName(token)) {
    const id = findId(database, nameKey(token));
    return id === undefined ? [] : [id];
  }
  const ids = [
    ...idsWithValue(database, 'cn', token),
    ...idsByAccount(database, token),
    ...idsByWellKnownName(database, token),
  ];
  const backslash = token.indexOf('\\');
  if (backslash > 0)
    ids.push(...idsByQualifiedName(database, token.slice(0, backslash), token.slice(backslash + 1), domain));
  if (token.includes('@')) ids.push(...idsByUserPrincipalName(database, token, domain));
  return [...new Set(ids)].sort((a, b) => a - b);
}

export function findPrincipals(
  database: DatabaseSync,
  token: string,
  domain: Domain,
  groups?: TokenGroups,
): DirectoryPrincipal[] {
  return idsOfToken(database, token.trim(), domain)
    .map((id) => readPrincipal(database, id, domain, groups))
    .filter((principal) => principal !== undefined);
}
