import { type DerNode, encodeDer } from '#pki/asn1/der-writer';
import { EXTENSION_ORIGIN } from '../schema/extension-flags.ts';
import type { PlannedExtension } from './certificate-plan.ts';

/** One extension of a plan from its encoded value. */
export function plannedExtension(
  extnID: string,
  value: DerNode,
  options: { readonly critical?: boolean; readonly origin?: keyof typeof EXTENSION_ORIGIN } = {},
): PlannedExtension {
  return {
    extnID,
    critical: options.critical ?? false,
    extnValue: encodeDer(value),
    origin: EXTENSION_ORIGIN[options.origin ?? 'POLICY'],
  };
}
