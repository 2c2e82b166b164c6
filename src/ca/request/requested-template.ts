import type { Extension } from '#pki/x509/extension';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { type RequestedTemplate, requestedTokens } from '../template/matching.ts';
import type { Intake } from './intake.ts';

/** Whether the attribute of this name names a template; case does not count. */
export function isTemplateAttribute(name: string): boolean {
  return ['certificatetemplate', 'certtype'].includes(name.toLowerCase());
}

/**
 * Every place in a request that names a template (MS-WCCE 3.2.2.6.2.1.4.1); a renewal that names none means the one of the
 * certificate it renews. Throws Asn1Error.
 */
export function requestedTemplate(intake: Intake): RequestedTemplate {
  const { extensions, attributes } = intake;
  const named = {
    ...templateExtensionsOf(extensions),
    attributes: attributes.filter(([name]) => isTemplateAttribute(name)).map(([, value]) => value),
  };
  if (requestedTokens(named).length > 0) return named;
  if (intake.renewal === undefined) return named;
  const { name, certificateTemplate } = templateExtensionsOf(intake.renewal.tbsCertificate.extensions);
  // Whatever version the template had then: it is renewed by today's.
  return { name, certificateTemplate: certificateTemplate && { templateID: certificateTemplate.templateID } };
}

function templateExtensionsOf(
  extensions: readonly Extension[],
): Pick<RequestedTemplate, 'name' | 'certificateTemplate'> {
  return {
    name: extensionValue(extensions, EXTENSIONS.enrollCertType),
    certificateTemplate: extensionValue(extensions, EXTENSIONS.certificateTemplate),
  };
}
