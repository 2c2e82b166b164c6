/** Name and password: RFC 7617, in UTF-8. */
import type { PasswordCheck } from './password-check.ts';
import { logonFailure, type Scheme } from './scheme.ts';

export function basicScheme(passwords: PasswordCheck): Scheme {
  return {
    name: 'Basic',
    challenge: 'Basic realm="Certhaven", charset="UTF-8"',
    async signIn({ authorization, address }) {
      const decoded = Buffer.from(authorization?.credentials ?? '', 'base64').toString('utf8');
      const colon = decoded.indexOf(':');
      if (colon <= 0) throw logonFailure();
      const caller = await passwords.require(decoded.slice(0, colon), decoded.slice(colon + 1), address);
      return { caller, scheme: 'Basic' };
    },
  };
}
