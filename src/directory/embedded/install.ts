/** What a new directory holds: the domain, its well-known groups, the Public Key Services containers, the templates. */
import type { DatabaseSync } from 'node:sqlite';
import { encodeTemplateAttributes } from '#ca/template/attributes';
import { builtInTemplates } from '#ca/template/built-in';
import { encodeSid } from '#ca/template/sid';
import { forestOid } from '#ca/template/template-oid';
import { DOMAIN_GROUPS, type DomainGroupName, WELL_KNOWN_SIDS } from '#ca/template/well-known-sids';
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { domainDistinguishedName } from '../distinguished-name.ts';
import { requireDomainNames } from '../domain-names.ts';
import { addValues, findId, insertObject, nameKey, type Values } from './object-table.ts';
import type { Domain } from './principals.ts';

export type Random = (length: number) => Uint8Array;

/** MS-ADTS 6.1.1.4: the relative identifiers below are kept for the system. */
export const FIRST_RID = 1103;

const GLOBAL_SECURITY_GROUP = '-2147483646';
const UNIVERSAL_SECURITY_GROUP = '-2147483640';
const BUILTIN_LOCAL_GROUP = '-2147483643';

const GROUP_TYPES: Partial<Record<DomainGroupName, string>> = {
  'Enterprise Admins': UNIVERSAL_SECURITY_GROUP,
  'Schema Admins': UNIVERSAL_SECURITY_GROUP,
};

const CONTAINERS = [
  'AIA',
  'CDP',
  'Certificate Templates',
  'Certification Authorities',
  'Enrollment Services',
  'KRA',
  'OID',
] as const;

class Installation {
  readonly #database: DatabaseSync;
  readonly #random: Random;

  constructor(database: DatabaseSync, random: Random) {
    this.#database = database;
    this.#random = random;
  }

  add(
    dn: string,
    objectClass: readonly string[],
    attributes: Readonly<Record<string, Values>> = {},
    isRoot = false,
  ): string {
    const all = new Map<string, Values>([['objectClass', ['top', ...objectClass]], ...Object.entries(attributes)]);
    insertObject(this.#database, dn, all, this.#random(16), isRoot);
    return dn;
  }

  addMember(group: string, member: string): void {
    addValues(this.#database, findId(this.#database, nameKey(group))!, 'member', [member]);
  }
}

function addDomain(installation: Installation, domain: Domain, root: string): void {
  const sid = (rid: number) => [encodeSid(`${domain.sid}-${rid}`)];
  installation.add(root, ['domain', 'domainDNS'], { objectSid: [encodeSid(domain.sid)] }, true);
  for (const name of ['Users', 'Computers', 'ForeignSecurityPrincipals'])
    installation.add(`CN=${name},${root}`, ['container']);
  installation.add(`CN=Builtin,${root}`, ['builtinDomain']);
  installation.add(`OU=Domain Controllers,${root}`, ['organizationalUnit']);
  for (const group of DOMAIN_GROUPS) {
    if (group.name === 'Administrator') continue;
    installation.add(`CN=${group.name},CN=Users,${root}`, ['group'], {
      sAMAccountName: [group.name],
      objectSid: sid(group.rid),
      groupType: [GROUP_TYPES[group.name] ?? GLOBAL_SECURITY_GROUP],
    });
  }
  installation.add(`CN=Administrator,CN=Users,${root}`, ['person', 'organizationalPerson', 'user'], {
    sAMAccountName: ['Administrator'],
    userPrincipalName: [`Administrator@${domain.dnsName}`],
    objectSid: sid(500),
    primaryGroupID: ['513'],
  });
  for (const entry of WELL_KNOWN_SIDS) {
    const isBuiltin = entry.sid.startsWith('S-1-5-32-');
    const name = entry.accountName.replace(/^.*\\/, '');
    if (isBuiltin)
      installation.add(`CN=${name},CN=Builtin,${root}`, ['group'], {
        sAMAccountName: [name],
        objectSid: [encodeSid(entry.sid)],
        groupType: [BUILTIN_LOCAL_GROUP],
      });
    else
      installation.add(`CN=${entry.sid},CN=ForeignSecurityPrincipals,${root}`, ['foreignSecurityPrincipal'], {
        objectSid: [encodeSid(entry.sid)],
      });
  }
  const users = `CN=Users,${root}`;
  for (const group of ['Domain Admins', 'Enterprise Admins', 'Schema Admins'])
    installation.addMember(`CN=${group},${users}`, `CN=Administrator,${users}`);
  const builtin = `CN=Builtin,${root}`;
  for (const group of ['Domain Admins', 'Enterprise Admins'])
    installation.addMember(`CN=Administrators,${builtin}`, `CN=${group},${users}`);
  installation.addMember(`CN=Administrators,${builtin}`, `CN=Administrator,${users}`);
  installation.addMember(`CN=Users,${builtin}`, `CN=Domain Users,${users}`);
}

function addPublicKeyServices(installation: Installation, domain: Domain, configuration: string, random: Random): void {
  const oid = forestOid(random(16));
  installation.add(configuration, ['configuration']);
  installation.add(`CN=Services,${configuration}`, ['container']);
  const services = installation.add(`CN=Public Key Services,CN=Services,${configuration}`, ['container']);
  for (const name of CONTAINERS) {
    const isOidRoot = name === 'OID';
    installation.add(
      `CN=${name},${services}`,
      isOidRoot ? ['msPKI-Enterprise-Oid'] : ['container'],
      isOidRoot ? { 'msPKI-Cert-Template-OID': [oid], flags: ['0'] } : {},
    );
  }
  installation.add(`CN=NTAuthCertificates,${services}`, ['certificationAuthority']);
  for (const template of builtInTemplates({ oid, domainSid: domain.sid })) {
    const { objectClass: _, ...attributes } = Object.fromEntries(encodeTemplateAttributes(template));
    installation.add(`CN=${template.cn},CN=Certificate Templates,${services}`, ['pKICertificateTemplate'], attributes);
    // flags 1 tells a template's identifier from those of issuance (2) and application (3) policies.
    const last = template.oid.slice(template.oid.lastIndexOf('.') + 1);
    installation.add(`CN=${last}.${formatHex(random(16)).toUpperCase()},CN=OID,${services}`, ['msPKI-Enterprise-Oid'], {
      displayName: [template.displayName],
      flags: ['1'],
      'msPKI-Cert-Template-OID': [template.oid],
    });
  }
}

function newDomainSid(random: Random): string {
  const bytes = random(12);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return `S-1-5-21-${view.getUint32(0)}-${view.getUint32(4)}-${view.getUint32(8)}`;
}

/** Fills an empty directory. Throws ERROR_INVALID_PARAMETER for names that are none, ERROR_ALREADY_EXISTS a second time. */
export function installDirectory(database: DatabaseSync, dnsName: string, netbiosName: string, random: Random): void {
  requireDomainNames(dnsName, netbiosName);
  const root = domainDistinguishedName(dnsName);
  if (readDomain(database)) throw hresult('ERROR_ALREADY_EXISTS', 'the directory has a domain already');
  const domain: Domain = { netbiosName: netbiosName.toUpperCase(), dnsName, sid: newDomainSid(random) };
  const setting = database.prepare('INSERT INTO settings (name, value) VALUES (?, ?)');
  setting.run('netbiosName', domain.netbiosName);
  setting.run('dnsName', dnsName);
  setting.run('domainSid', domain.sid);
  setting.run('nextRid', FIRST_RID);
  const installation = new Installation(database, random);
  addDomain(installation, domain, root);
  addPublicKeyServices(installation, domain, `CN=Configuration,${root}`, random);
}

export function readDomain(database: DatabaseSync): Domain | undefined {
  const rows = database.prepare('SELECT name, value FROM settings').all();
  const settings = new Map(rows.map((row) => [row['name'] as string, row['value']]));
  const text = (name: string) => settings.get(name) as string;
  return settings.has('domainSid')
    ? { netbiosName: text('netbiosName'), dnsName: text('dnsName'), sid: text('domainSid') }
    : undefined;
}

/** The next relative identifier; none is given twice. */
export function takeRid(database: DatabaseSync): number {
  const row = database.prepare(`UPDATE settings SET value = value + 1 WHERE name = 'nextRid' RETURNING value`).get();
  return Number(row?.['value']) - 1;
}
