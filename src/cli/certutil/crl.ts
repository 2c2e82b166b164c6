import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -CRL [dd:hh | republish] [delta]`: a new base CRL with the life that the configuration says. */
export async function run(context: CertutilContext): Promise<Json> {
  if (context.args.length > 0) {
    throw hresult('ERROR_NOT_SUPPORTED', `-CRL ${context.args.join(' ')}: only new base CRLs of the configured life.`, {
      hint: 'certutil -setreg CA\\CRLPeriodUnits N sets their life',
    });
  }
  return withAuthority(context, async (authority) => {
    await authority.publishCrl();
    return { config: authority.config };
  });
}
