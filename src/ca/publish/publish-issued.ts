/** The default exit module: what is issued goes to the directory where its template says so. MS-WCCE 3.2.2.6.2.1.4.6. */
import type { Certificate } from '#pki/x509/certificate';
import type { Authority, Caller } from '../authority.ts';
import { sanitizeShortName } from '../config/sanitized-name.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { enrollmentFlag, hasFlag } from '../template/flags.ts';
import { kraContainer } from '../template/templates-in-directory.ts';

export async function publishIssued(
  authority: Authority,
  template: CertificateTemplate,
  requester: Caller,
  certificate: Certificate,
): Promise<void> {
  const { directory } = authority.ports;
  if (hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_PUBLISH_TO_KRA_CONTAINER'))) {
    const container = kraContainer(directory, sanitizeShortName(authority.commonName));
    await directory.addValues(container, 'userCertificate', [certificate.raw]);
  }
  if (hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_PUBLISH_TO_DS'))) {
    await directory.addValues(requester.object.distinguishedName, 'userCertificate', [certificate.raw]);
  }
}
