import { EXTENSIONS } from '#pki/x509/extensions/extension-table';
import type { Configuration } from '../config/configuration.ts';
import { POLICY_MODULE } from '../config/registry-values.ts';
import type { PlannedExtension } from '../issue/certificate-plan.ts';

/**
 * What the policy module leaves out of every certificate (DisableExtensionList); never the SID of its holder, without which
 * a certificate may sign in as somebody else (ESC16).
 */
export function withoutDisabled(
  extensions: readonly PlannedExtension[],
  configuration: Configuration,
): readonly PlannedExtension[] {
  const disabled = new Set(configuration.strings('DisableExtensionList', POLICY_MODULE));
  disabled.delete(EXTENSIONS.ntdsCaSecurity.oid);
  return disabled.size === 0 ? extensions : extensions.filter(({ extnID }) => !disabled.has(extnID));
}
