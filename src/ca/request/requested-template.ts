import { findExtension } from '#pki/x509/extension';
import { decodeCertificateTemplate } from '#pki/x509/extensions/certificate-template';
import { decodeCertificateTemplateName } from '#pki/x509/extensions/certificate-template-name';
import type { RequestedTemplate } from '../template/matching.ts';
import type { Intake } from './intake.ts';

const szOID_ENROLL_CERTTYPE_EXTENSION = '1.3.6.1.4.1.311.20.2';
const szOID_CERTIFICATE_TEMPLATE = '1.3.6.1.4.1.311.21.7';

/** Every place in a request that names a template (MS-WCCE 3.2.2.6.2.1.4.2). Throws Asn1Error. */
export function requestedTemplate(intake: Intake): RequestedTemplate {
  const byName = findExtension(intake.extensions, szOID_ENROLL_CERTTYPE_EXTENSION);
  const byOid = findExtension(intake.extensions, szOID_CERTIFICATE_TEMPLATE);
  const attributes = intake.attributes
    .filter(([name]) => ['certificatetemplate', 'certtype'].includes(name.toLowerCase()))
    .map(([, value]) => value);
  const certificateTemplate = byOid && decodeCertificateTemplate(byOid.extnValue);
  return {
    ...(byName ? { name: decodeCertificateTemplateName(byName.extnValue) } : {}),
    ...(certificateTemplate
      ? {
          certificateTemplate: {
            templateID: certificateTemplate.templateID,
            ...(certificateTemplate.templateMajorVersion === undefined
              ? {}
              : { templateMajorVersion: certificateTemplate.templateMajorVersion }),
            ...(certificateTemplate.templateMinorVersion === undefined
              ? {}
              : { templateMinorVersion: certificateTemplate.templateMinorVersion }),
          },
        }
      : {}),
    attributes,
  };
}
