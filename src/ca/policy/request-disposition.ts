import { hresult } from '#hresult/hresult-error';
import type { Configuration } from '../config/configuration.ts';
import { REQDISP } from '../config/registry-flags.ts';
import { POLICY_MODULE } from '../config/registry-values.ts';

/**
 * What RequestDisposition says of every request: true where it is left to a certificate manager. Throws
 * CERTSRV_E_ADMIN_DENIED_REQUEST where all are denied. REQDISP_USEREQUESTATTRIBUTE counts as pending: a requester does not
 * approve himself.
 */
export function pendsByConfiguration(configuration: Configuration, whenAbsent: number): boolean {
  const disposition = configuration.dword('RequestDisposition', POLICY_MODULE) ?? whenAbsent;
  const action = disposition & REQDISP.MASK;
  if (action === REQDISP.DENY)
    throw hresult('CERTSRV_E_ADMIN_DENIED_REQUEST', 'The CA is configured to deny all requests.');
  return action !== REQDISP.ISSUE || (disposition & REQDISP.PENDINGFIRST) !== 0;
}
