import { formatSerial, parseSerial } from '#pki/x509/serial-number';
import type { Json } from '../io/verb.ts';
import { refuseOptions, withAuthority } from './authority.ts';
import type { CertreqContext } from './context.ts';
import { requireFree } from './output-files.ts';
import { reportOutcome } from './report-outcome.ts';

/** `certreq -retrieve RequestId [CertFileOut [CertChainFileOut [FullResponseFileOut]]]` */
export async function run(context: CertreqContext): Promise<Json> {
  const [typed, ...outputs] = context.args;
  refuseOptions(context);
  await requireFree(context, outputs);
  const token = parseRequestToken(typed!);
  const outcome = await withAuthority(context, (ca) => ca.retrieve(token));
  return reportOutcome(context, outcome, outputs);
}

const MAX_REQUEST_ID = 0xffffffff;

/** A request id, decimal or hexadecimal with 0x; anything else is a serial number. Throws ERROR_INVALID_PARAMETER. */
export function parseRequestToken(typed: string): number | string {
  const isNumber = /^(?:[0-9]{1,10}|0x[0-9a-f]{1,8})$/i.test(typed);
  if (isNumber && Number(typed) <= MAX_REQUEST_ID) return Number(typed);
  return formatSerial(parseSerial(typed));
}
