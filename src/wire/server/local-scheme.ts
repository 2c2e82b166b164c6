/**
 * Commands on the machine of the service. Whoever can read the home directory is its administrator already and names the
 * account he works as (docs/adr/0006-local-transport.md); that he can read it he proves by a secret that lies in it, and
 * nobody proves it from another machine.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Directory } from '#ca/ports';
import { logonFailure, requireAccount, type Scheme } from './scheme.ts';

/** `secret` is 32 random bytes of this run. */
export function localScheme(directory: Directory, secret: Uint8Array): Scheme {
  return {
    name: 'Local',
    challenge: undefined,
    async signIn({ authorization, isLocal }) {
      const [given = '', account = ''] = (authorization?.credentials ?? '').split('.');
      const bytes = Buffer.from(given, 'base64url');
      if (!isLocal || bytes.length !== secret.length || !timingSafeEqual(bytes, secret)) throw logonFailure();
      const name = Buffer.from(account, 'base64url').toString('utf8');
      return { caller: await requireAccount(directory, name), scheme: 'Local' };
    },
  };
}

/** What follows `Local` in the Authorization header. */
export function localCredentials(secret: Uint8Array, accountName: string): string {
  return `${Buffer.from(secret).toString('base64url')}.${Buffer.from(accountName, 'utf8').toString('base64url')}`;
}
