/** Changing people, computers and groups: what the embedded directory offers beside the Directory port. */
import type { DirectoryPrincipal } from '#ca/ports';

export interface NewUser {
  /** sAMAccountName, without the domain. */
  readonly accountName: string;
  /** The account name where absent. */
  readonly cn?: string;
  /** `name@domain` of the account name where absent. */
  readonly upn?: string;
  readonly mail?: string;
  readonly displayName?: string;
  /** Distinguished name, or the name of a container directly below the domain; `Users` where absent. */
  readonly container?: string;
  /** Groups, by any token `findPrincipals` takes. Domain Users needs no mention. */
  readonly memberOf?: readonly string[];
}

export interface NewComputer {
  readonly dNSHostName: string;
  /** sAMAccountName without its `$`: the first label of the DNS name, in capitals, where absent. */
  readonly accountName?: string;
  /** True for a domain controller: member of Domain Controllers instead of Domain Computers. */
  readonly isDomainController?: boolean;
  readonly container?: string;
  readonly memberOf?: readonly string[];
}

export interface NewGroup {
  readonly accountName: string;
  readonly cn?: string;
  readonly description?: string;
  readonly container?: string;
  readonly memberOf?: readonly string[];
}

/**
 * Names taken by another object throw ERROR_ALREADY_EXISTS; groups and containers that are not there
 * ERROR_DS_OBJ_NOT_FOUND, tokens that name several TYPE_E_AMBIGUOUSNAME.
 */
export interface DirectoryAdministration {
  addUser(user: NewUser): Promise<DirectoryPrincipal>;
  addComputer(computer: NewComputer): Promise<DirectoryPrincipal>;
  addGroup(group: NewGroup): Promise<DirectoryPrincipal>;
  /** Both by any token `findPrincipals` takes; a member that is there already is no error. */
  addMember(group: string, member: string): Promise<void>;
  removeMember(group: string, member: string): Promise<void>;
}
