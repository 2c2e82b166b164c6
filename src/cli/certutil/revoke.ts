import { REVOCATION_REASON_TEXTS, UNREVOKE } from '#ca/schema/dispositions';
import { HRESULTS } from '#hresult/codes';
import { formatHresult } from '#hresult/format';
import { HresultError, hresult } from '#hresult/hresult-error';
import { formatSerial, parseSerial } from '#pki/x509/serial-number';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -revoke SerialNumber[,SerialNumber] [Reason]`: all of them, or none where one cannot be. */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, out } = context;
  const serialNumbers = args[0]!
    .split(',')
    .filter((text) => text.trim() !== '')
    .map((text) => formatSerial(parseSerial(text)));
  const reason = parseReason(args[1] ?? '0');
  const text = REVOCATION_REASON_TEXTS[reason]!;
  return withAuthority(context, async (authority) => {
    for (const serialNumber of serialNumbers) out(`Revoking "${serialNumber}" -- Reason: ${text}`);
    try {
      await authority.revoke(serialNumbers, reason);
    } catch (error) {
      if (error instanceof HresultError) {
        out(`ICertAdmin::RevokeCertificate: ${HRESULTS[error.symbol][1]} ${formatHresult(error.hresult)}`);
      }
      throw error;
    }
    return { serialNumbers, reason: reason === UNREVOKE ? -1 : reason, reasonText: text };
  });
}

/** `1`, `-1`, `CRL_REASON_KEY_COMPROMISE`, `keyCompromise`: capitals, blanks and underscores do not count. */
export function parseReason(text: string): number {
  const bare = (name: string) => name.toLowerCase().replaceAll(/[\s_]/g, '');
  const wanted = bare(text).replace(/^crlreason/, '');
  if (wanted === '-1') return UNREVOKE;
  const reasons = Object.entries(REVOCATION_REASON_TEXTS);
  const found = reasons.find(([number, name]) => wanted === number || wanted === bare(name));
  if (found) return Number(found[0]);
  const names = reasons.map(([number, name]) => `${Number(number) === UNREVOKE ? -1 : number} ${name}`).join(', ');
  throw hresult('ERROR_INVALID_PARAMETER', `"${text}" is no reason to revoke for.`, { hint: `one of ${names}` });
}
