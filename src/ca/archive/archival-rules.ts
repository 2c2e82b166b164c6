import { hresult } from '#hresult/hresult-error';
import type { Configuration } from '../config/configuration.ts';
import { KRAF } from '../config/registry-flags.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { hasFlag, privateKeyFlag } from '../template/flags.ts';

/**
 * Whether a request's private key is to be archived. MS-WCCE 3.2.2.6.2.1.4.5.7.
 * Throws CERTSRV_E_ARCHIVED_KEY_REQUIRED or CERTSRV_E_ARCHIVED_KEY_UNEXPECTED.
 */
export function archivesKey(
  configuration: Configuration,
  template: CertificateTemplate | undefined,
  archivedKey: Uint8Array | undefined,
): boolean {
  const required =
    template !== undefined && hasFlag(template.privateKeyFlags, privateKeyFlag('CT_FLAG_REQUIRE_PRIVATE_KEY_ARCHIVAL'));
  if (required && archivedKey === undefined) {
    throw hresult('CERTSRV_E_ARCHIVED_KEY_REQUIRED', `Template ${template.cn}.`, {
      hint: 'request with PrivateKeyArchive = TRUE and RequestType = CMC',
    });
  }
  if (archivedKey === undefined) return false;
  if (!required && !configuration.hasFlag('KRAFlags', KRAF.ENABLEARCHIVEALL)) {
    throw hresult('CERTSRV_E_ARCHIVED_KEY_UNEXPECTED', template && `Template ${template.cn}.`, {
      hint: 'mark the template for archival, or set KRAF_ENABLEARCHIVEALL',
    });
  }
  return true;
}
