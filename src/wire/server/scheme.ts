/** Ways to sign in. Each is one entry of the table that the service is made with. */
import type { Directory, DirectoryPrincipal } from '#ca/ports';
import { hresult } from '#hresult/hresult-error';

/** What a caller shows of himself. */
export interface Presented {
  /** The parts of the Authorization header (RFC 9110 §11.4), the scheme in lower case. */
  readonly authorization: { readonly scheme: string; readonly credentials: string } | undefined;
  /** DER, of a TLS client certificate whose key the caller has proved; nothing else about it is checked. */
  readonly certificate: Uint8Array | undefined;
  /** IP address of the other end. */
  readonly address: string;
  /** The other end is on this machine. */
  readonly isLocal: boolean;
}

export interface SignedIn {
  readonly caller: DirectoryPrincipal;
  /** Of the scheme he came with. */
  readonly scheme: string;
  /** Of the bearer token he came with. */
  readonly tokenId?: string;
}

export interface Scheme {
  /** As the Authorization header names it; `certificate` for what comes with TLS. */
  readonly name: string;
  /** What WWW-Authenticate offers; undefined where it is not to be offered. */
  readonly challenge: string | undefined;
  /** Throws ERROR_LOGON_FAILURE, ERROR_ACCOUNT_LOCKED_OUT. */
  signIn(presented: Presented): Promise<SignedIn>;
}

/** Throws ERROR_NOT_AUTHENTICATED where the caller shows nothing that a scheme takes. */
export function signIn(schemes: readonly Scheme[], presented: Presented): Promise<SignedIn> {
  const name = presented.authorization?.scheme ?? (presented.certificate ? 'certificate' : undefined);
  const scheme = schemes.find((candidate) => candidate.name.toLowerCase() === name);
  if (scheme) return scheme.signIn(presented);
  throw hresult('ERROR_NOT_AUTHENTICATED', name === undefined ? undefined : `The service knows no scheme ${name}.`, {
    hint: 'certhaven sign-in signs in with a password',
  });
}

const ACCOUNTDISABLE = 0x2;

/**
 * The person or machine of an account as the directory has it now. Throws ERROR_LOGON_FAILURE for one that is gone, and for
 * groups; ERROR_ACCOUNT_DISABLED.
 */
export async function requireAccount(directory: Directory, name: string): Promise<DirectoryPrincipal> {
  const [only, ...others] = await directory.findPrincipals(name);
  if (only === undefined || others.length > 0 || only.kind === 'group') throw logonFailure();
  const control = Number(only.object.attributes.get('userAccountControl')?.[0] ?? 0);
  if (control & ACCOUNTDISABLE) throw hresult('ERROR_ACCOUNT_DISABLED', only.accountName);
  return only;
}

/** One error for a wrong name and a wrong password: the difference is nobody's business. */
export function logonFailure(): Error {
  return hresult('ERROR_LOGON_FAILURE', undefined, {
    hint: 'sign in anew: certhaven sign-in; an administrator sets passwords with certhaven passwd',
  });
}
