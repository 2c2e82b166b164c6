import type { CrlRequest } from '#ca/api';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -CRL [dd:hh | republish] [delta]`: a new base CRL, or the newest one again. */
export async function run(context: CertutilContext): Promise<Json> {
  const request = parseRequest(context.args);
  return withAuthority(context, async (authority) => {
    await authority.publishCrl({ ...request, force: context.options.has('f') });
    return { config: authority.config };
  });
}

function parseRequest(args: readonly string[]): CrlRequest {
  if (args.some((arg) => arg.toLowerCase() === 'delta')) {
    throw hresult('ERROR_NOT_SUPPORTED', 'This CA publishes base CRLs, no delta CRLs.', {
      hint: 'leave delta out: every CRL is complete',
    });
  }
  const [word, ...more] = args;
  if (word === undefined) return {};
  if (more.length === 0 && word.toLowerCase() === 'republish') return { republish: true };
  const [, days, hours] = /^([0-9]{1,6}):([0-9]{1,6})$/.exec(word) ?? [];
  if (more.length === 0 && days !== undefined) return { life: (Number(days) * 24 + Number(hours)) * 3_600_000 };
  throw hresult('ERROR_INVALID_PARAMETER', `-CRL ${args.join(' ')}: neither days and hours nor republish.`, {
    hint: 'write days and hours, certutil -CRL 7:00, or certutil -CRL republish',
  });
}
