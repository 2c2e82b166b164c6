import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import type { RequestedTemplate } from '../template/matching.ts';
import type { Intake } from './intake.ts';

const TEMPLATE_ATTRIBUTES: ReadonlySet<string> = new Set(['certificatetemplate', 'certtype']);

/** Every place in a request that names a template (MS-WCCE 3.2.2.6.2.1.4.1). Throws Asn1Error. */
export function requestedTemplate({ extensions, attributes }: Intake): RequestedTemplate {
  return {
    name: extensionValue(extensions, EXTENSIONS.enrollCertType),
    certificateTemplate: extensionValue(extensions, EXTENSIONS.certificateTemplate),
    attributes: attributes.filter(([key]) => TEMPLATE_ATTRIBUTES.has(key.toLowerCase())).map(([, value]) => value),
  };
}
