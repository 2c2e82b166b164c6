import type { Attribute } from '../cms/attribute.ts';
import type { CertificationRequest } from '../x509/certification-request.ts';

/** The attributes of a PKCS #10 under the names that CMS has for the same two fields. */
export function pkcs10Attributes({ certificationRequestInfo }: CertificationRequest): Attribute[] {
  return certificationRequestInfo.attributes.map(({ type, values }) => ({ attrType: type, attrValues: values }));
}
