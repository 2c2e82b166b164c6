/** What a caller does with his own account, and how it crosses the network. */
import type { DirectoryPrincipal } from '#ca/ports';
import type { IssuedToken, TokenInfo } from '#directory/sign-in';
import { call, type MethodTable } from './method-table.ts';
import { text } from './shape.ts';

/** Who one is to the service. */
export interface Account extends Pick<DirectoryPrincipal, 'accountName' | 'sid' | 'kind' | 'groupSids'> {
  readonly distinguishedName: string;
}

export interface AccountApi {
  whoami(): Promise<Account>;
  /** Throws ERROR_ACCESS_DENIED for a caller who came with a token: one stolen would never end. */
  issueToken(description: string): Promise<IssuedToken>;
  tokens(): Promise<readonly TokenInfo[]>;
  /** False where the caller has no such token. */
  revokeToken(id: string): Promise<boolean>;
  /** Ends the token the caller came with. */
  signOut(): Promise<void>;
  /** Throws ERROR_LOGON_FAILURE for the old one, ERROR_PASSWORD_RESTRICTION for the new one. All tokens end. */
  changePassword(old: string, password: string): Promise<void>;
}

export const ACCOUNT_METHODS: MethodTable<AccountApi> = {
  whoami: call(),
  issueToken: call(text),
  tokens: call(),
  revokeToken: call(text),
  signOut: call(),
  changePassword: call(text, text),
};

export function accountOf({ accountName, sid, kind, groupSids, object }: DirectoryPrincipal): Account {
  return { accountName, sid, kind, groupSids, distinguishedName: object.distinguishedName };
}
