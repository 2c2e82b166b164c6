/** The secrets that people of the directory sign in with: what the store of credentials offers beside the Directory port. */

export interface IssuedToken {
  /** What the caller sends as `Authorization: Bearer`; it is kept nowhere. */
  readonly token: string;
  readonly id: string;
  readonly expires: Date;
}

export interface TokenInfo {
  /** Names the token and is no secret. */
  readonly id: string;
  readonly created: Date;
  readonly expires: Date;
  /** Where it is used: what the client called itself. */
  readonly description: string;
}

/** Accounts are named by SID: it is never given twice, whatever becomes of the name. */
export interface Credentials {
  /** Throws ERROR_PASSWORD_RESTRICTION for one that is too short or too long. All tokens of the account end. */
  setPassword(sid: string, password: string): Promise<void>;
  hasPassword(sid: string): Promise<boolean>;
  /** Takes the same time for a wrong password, an account without one, and `undefined` for an account that is not there. */
  isPassword(sid: string | undefined, password: string): Promise<boolean>;
  issueToken(sid: string, description: string): Promise<IssuedToken>;
  /** The account of a token; undefined for one that is unknown, revoked or expired. */
  accountOf(token: string): Promise<{ readonly sid: string; readonly id: string } | undefined>;
  /** Those that still open, the oldest first. */
  tokens(sid: string): Promise<readonly TokenInfo[]>;
  /** False where the account has no such token. */
  revokeToken(sid: string, id: string): Promise<boolean>;
}
