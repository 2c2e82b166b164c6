import { type ExtensionRow, encodeExtension } from '#pki/x509/extensions/extension-table';
import { EXTENSION_ORIGIN } from '../schema/extension-flags.ts';
import type { PlannedExtension } from './certificate-plan.ts';

/** One extension of a plan. Critical as its type is by default unless told otherwise. */
export function plannedExtension<T>(
  type: ExtensionRow<T>,
  value: T,
  options: { readonly critical?: boolean; readonly origin?: keyof typeof EXTENSION_ORIGIN } = {},
): PlannedExtension {
  return {
    ...encodeExtension(type, value, options.critical),
    origin: EXTENSION_ORIGIN[options.origin ?? 'POLICY'],
  };
}
