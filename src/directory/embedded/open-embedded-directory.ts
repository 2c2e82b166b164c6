/** The directory of a machine without Active Directory: an LDAP-shaped tree in one file, for several processes. */
import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Directory, DirectoryObject, DirectoryPrincipal } from '#ca/ports';
import { encodeSid } from '#ca/template/sid';
import { CommitQueue } from '#files/commit-queue';
import { hresult } from '#hresult/hresult-error';
import type { DirectoryAdministration, NewComputer, NewGroup, NewUser } from '../administration.ts';
import {
  distinguishedNameKey,
  domainDistinguishedName,
  formatDistinguishedName,
  parseDistinguishedName,
} from '../distinguished-name.ts';
import { type Change, makeChange } from './change.ts';
import { ChangeThread } from './change-thread.ts';
import { configurationChanges } from './configuration-changes.ts';
import { installDirectory, type Random, readDomain, takeRid } from './install.ts';
import {
  addValues,
  findId,
  insertObject,
  nameKey,
  readChildren,
  readObject,
  removeValues,
  type Values,
} from './object-table.ts';
import { DOMAIN_CONTROLLERS_RID, type Domain, findPrincipals, readPrincipal } from './principals.ts';
import { SqliteFile } from './sqlite-file.ts';
import { TokenGroups } from './token-groups.ts';

export interface EmbeddedDirectoryOptions {
  /** The file, made where it is not there; `:memory:` for tests. */
  readonly path: string;
  /** Where GUIDs, the domain's SID and the forest's OID come from. */
  readonly random?: (length: number) => Uint8Array;
  /** Changes of objects are made in a thread of its own: a service must not wait for the disk. Not for `:memory:`. */
  readonly threaded?: boolean;
}

export interface EmbeddedDirectory extends Directory, DirectoryAdministration {
  /** False until `install`; the rest then throws ERROR_NO_SUCH_DOMAIN. */
  readonly isInstalled: boolean;
  /** Makes the domain, its groups, the containers and the built-in templates, whole or not at all. */
  install(domainDnsName: string, netbiosName: string): Promise<void>;
  close(): Promise<void>;
}

/** Throws ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED, ERROR_INVALID_DATA for a file of another kind. */
export function openEmbeddedDirectory(options: EmbeddedDirectoryOptions): EmbeddedDirectory {
  const thread = options.threaded ? new ChangeThread(options.path) : undefined;
  return new OpenDirectory(new SqliteFile(options.path), options.random ?? ((length) => randomBytes(length)), thread);
}

const DOMAIN_USERS_RID = 513;
const DOMAIN_COMPUTERS_RID = 515;
const GLOBAL_SECURITY_GROUP = '-2147483646';

/** MS-ADTS 3.1.1.8.4 with MS-SAMR 3.1.1.8.4: what an account name may not hold. */
function checkAccountName(name: string): void {
  if (!/^[^"/\\[\]:;|=,+*?<>@\u0000-\u001f]{1,256}$/.test(name) || /^[ .]+$|^ | $/.test(name))
    throw hresult('ERROR_INVALID_PARAMETER', `"${name}" is no account name.`, {
      hint: 'letters and digits, such as alice',
    });
}

class OpenDirectory implements EmbeddedDirectory {
  readonly #file: SqliteFile;
  readonly #random: Random;
  readonly #tokenGroups = new TokenGroups();
  readonly #thread: ChangeThread | undefined;
  readonly #changes: CommitQueue<Change>;
  #domain: Domain | undefined;

  constructor(file: SqliteFile, random: Random, thread: ChangeThread | undefined) {
    this.#file = file;
    this.#random = random;
    this.#thread = thread;
    this.#changes = new CommitQueue((changes) =>
      thread ? thread.makeTogether(changes) : file.writeEach(changes, makeChange),
    );
  }

  get isInstalled(): boolean {
    return this.#installedDomain() !== undefined;
  }

  get domain(): Domain {
    const domain = this.#installedDomain();
    if (!domain)
      throw hresult('ERROR_NO_SUCH_DOMAIN', 'This machine is in no domain yet.', {
        hint: 'certhaven install-ca makes one, certhaven join takes the machine to that of another; CERTHAVEN_HOME names the folder of one that has it',
      });
    return domain;
  }

  get configurationDN(): string {
    return `CN=Configuration,${this.#root}`;
  }

  get #root(): string {
    return domainDistinguishedName(this.domain.dnsName);
  }

  /** Another process may have installed it since. Once there, the domain never changes. */
  #installedDomain(): Domain | undefined {
    this.#domain ??= this.#file.read(readDomain);
    return this.#domain;
  }

  async install(domainDnsName: string, netbiosName: string): Promise<void> {
    this.#file.write((database) => installDirectory(database, domainDnsName, netbiosName, this.#random));
  }

  async close(): Promise<void> {
    await this.#changes.close();
    await this.#thread?.close();
    this.#file.close();
  }

  async changeNumber(container: string): Promise<string> {
    if (!this.#isInConfiguration(container)) return this.#file.changeNumber();
    return String(this.#file.read(configurationChanges));
  }

  #isInConfiguration(distinguishedName: string): boolean {
    const partition = parseDistinguishedName(this.configurationDN);
    const parts = parseDistinguishedName(distinguishedName);
    return distinguishedNameKey(parts.slice(-partition.length)) === distinguishedNameKey(partition);
  }

  async findPrincipals(token: string): Promise<readonly DirectoryPrincipal[]> {
    const { domain } = this;
    return this.#file.read((database) => findPrincipals(database, token, domain, this.#tokenGroups));
  }

  async object(distinguishedName: string): Promise<DirectoryObject | undefined> {
    return this.#file.read((database) => {
      const id = findId(database, nameKey(distinguishedName));
      return id === undefined ? undefined : readObject(database, id);
    });
  }

  async children(distinguishedName: string): Promise<readonly DirectoryObject[]> {
    return this.#file.read((database) => {
      const dnKey = nameKey(distinguishedName);
      if (findId(database, dnKey) === undefined) throw hresult('ERROR_DS_OBJ_NOT_FOUND', distinguishedName);
      return readChildren(database, dnKey);
    });
  }

  async put(distinguishedName: string, attributes: ReadonlyMap<string, Values>): Promise<void> {
    const isCounted = this.#isInConfiguration(distinguishedName);
    const objectGUID = Uint8Array.from(this.#random(16));
    await this.#changes.push({ kind: 'put', distinguishedName, isCounted, attributes, objectGUID });
  }

  async addValues(distinguishedName: string, attribute: string, values: Values): Promise<void> {
    const isCounted = this.#isInConfiguration(distinguishedName);
    await this.#changes.push({ kind: 'add', distinguishedName, isCounted, attribute, values });
  }

  async remove(distinguishedName: string): Promise<void> {
    const isCounted = this.#isInConfiguration(distinguishedName);
    await this.#changes.push({ kind: 'remove', distinguishedName, isCounted });
  }

  async addUser(user: NewUser): Promise<DirectoryPrincipal> {
    checkAccountName(user.accountName);
    return this.#addPrincipal(user.cn ?? user.accountName, user.container ?? 'Users', user.memberOf, [
      ['objectClass', ['top', 'person', 'organizationalPerson', 'user']],
      ['sAMAccountName', [user.accountName]],
      ['userPrincipalName', [user.upn ?? `${user.accountName}@${this.domain.dnsName}`]],
      ['mail', user.mail === undefined ? [] : [user.mail]],
      ['displayName', user.displayName === undefined ? [] : [user.displayName]],
      ['primaryGroupID', [String(DOMAIN_USERS_RID)]],
    ]);
  }

  async addComputer(computer: NewComputer): Promise<DirectoryPrincipal> {
    const name = computer.accountName ?? computer.dNSHostName.split('.')[0]!.toUpperCase();
    checkAccountName(name);
    domainDistinguishedName(computer.dNSHostName);
    const isController = computer.isDomainController === true;
    const container = computer.container ?? (isController ? 'Domain Controllers' : 'Computers');
    return this.#addPrincipal(name, container, computer.memberOf, [
      ['objectClass', ['top', 'person', 'organizationalPerson', 'user', 'computer']],
      ['sAMAccountName', [`${name}$`]],
      ['dNSHostName', [computer.dNSHostName]],
      ['primaryGroupID', [String(isController ? DOMAIN_CONTROLLERS_RID : DOMAIN_COMPUTERS_RID)]],
    ]);
  }

  async addGroup(group: NewGroup): Promise<DirectoryPrincipal> {
    checkAccountName(group.accountName);
    return this.#addPrincipal(group.cn ?? group.accountName, group.container ?? 'Users', group.memberOf, [
      ['objectClass', ['top', 'group']],
      ['sAMAccountName', [group.accountName]],
      ['groupType', [GLOBAL_SECURITY_GROUP]],
      ['description', group.description === undefined ? [] : [group.description]],
    ]);
  }

  async addMember(group: string, member: string): Promise<void> {
    this.#changeMembers(group, member, addValues);
  }

  async removeMember(group: string, member: string): Promise<void> {
    this.#changeMembers(group, member, removeValues);
  }

  #changeMembers(group: string, member: string, change: typeof addValues): void {
    const { domain } = this;
    this.#file.write((database) => {
      const target = onlyGroup(database, group, domain);
      const { object } = onlyPrincipal(database, member, domain);
      change(database, target, 'member', [object.distinguishedName]);
    });
  }

  #addPrincipal(
    cn: string,
    container: string,
    memberOf: readonly string[] = [],
    attributes: readonly (readonly [string, Values])[],
  ): DirectoryPrincipal {
    const { domain } = this;
    const root = this.#root;
    return this.#file.write((database) => {
      const parent = containerDN(database, container, root);
      const dn = `${formatDistinguishedName([{ type: 'CN', value: cn }])},${parent}`;
      const objectSid = encodeSid(`${domain.sid}-${takeRid(database)}`);
      const all = new Map<string, Values>([...attributes, ['objectSid', [objectSid]]]);
      const id = insertObject(database, dn, all, this.#random(16));
      const member = readObject(database, id).distinguishedName;
      for (const group of memberOf) addValues(database, onlyGroup(database, group, domain), 'member', [member]);
      return readPrincipal(database, id, domain)!;
    });
  }
}

/** A name directly below the domain is tried before the text is taken as a distinguished name. */
function containerDN(database: DatabaseSync, container: string, root: string): string {
  for (const type of ['CN', 'OU']) {
    const dn = `${formatDistinguishedName([{ type, value: container }])},${root}`;
    if (findId(database, nameKey(dn)) !== undefined) return dn;
  }
  if (container.includes('=') && findId(database, nameKey(container)) !== undefined) return container;
  throw hresult('ERROR_DS_OBJ_NOT_FOUND', container);
}

function onlyPrincipal(database: DatabaseSync, token: string, domain: Domain): DirectoryPrincipal {
  const found = findPrincipals(database, token, domain);
  if (found.length > 1)
    throw hresult(
      'TYPE_E_AMBIGUOUSNAME',
      `${token}: ${found.map(({ object }) => object.distinguishedName).join(', ')}`,
    );
  if (!found[0]) throw hresult('ERROR_DS_OBJ_NOT_FOUND', token);
  return found[0];
}

function onlyGroup(database: DatabaseSync, token: string, domain: Domain): number {
  const group = onlyPrincipal(database, token, domain);
  if (group.kind !== 'group') throw hresult('ERROR_INVALID_PARAMETER', `${group.accountName} is no group`);
  return findId(database, nameKey(group.object.distinguishedName))!;
}
