import type { Credentials } from '#directory/sign-in';
import { hresult } from '#hresult/hresult-error';
import { type AccountApi, accountOf } from '../account.ts';
import type { PasswordCheck } from './password-check.ts';
import type { SignedIn } from './scheme.ts';

/** The account of one signed-in caller. */
export function accountOfCaller(
  { caller, scheme, tokenId }: SignedIn,
  address: string,
  credentials: Credentials,
  passwords: PasswordCheck,
): AccountApi {
  const { sid, accountName } = caller;
  return {
    whoami: async () => accountOf(caller),
    issueToken: async (description) => {
      if (scheme === 'Bearer')
        throw hresult('ERROR_ACCESS_DENIED', 'A token is given for a password or a certificate.', {
          hint: 'sign in anew: certhaven sign-in',
        });
      return credentials.issueToken(sid, description);
    },
    tokens: () => credentials.tokens(sid),
    revokeToken: (id) => credentials.revokeToken(sid, id),
    signOut: async () => {
      if (tokenId !== undefined) await credentials.revokeToken(sid, tokenId);
    },
    changePassword: async (old, password) => {
      await passwords.require(accountName, old, address);
      await credentials.setPassword(sid, password);
    },
  };
}
