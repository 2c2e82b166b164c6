/** Tokens of the command line: RFC 6750. */
import type { Directory } from '#ca/ports';
import type { Credentials } from '#directory/sign-in';
import { hresult } from '#hresult/hresult-error';
import { requireAccount, type Scheme } from './scheme.ts';

export function bearerScheme(directory: Directory, credentials: Credentials): Scheme {
  return {
    name: 'Bearer',
    challenge: 'Bearer realm="Certhaven"',
    async signIn({ authorization }) {
      const found = await credentials.accountOf(authorization?.credentials ?? '');
      if (found === undefined) {
        throw hresult('ERROR_LOGON_FAILURE', 'The sign-in has expired or was revoked.', {
          hint: 'sign in anew: certhaven sign-in',
        });
      }
      return { caller: await requireAccount(directory, found.sid), scheme: 'Bearer', tokenId: found.id };
    },
  };
}
