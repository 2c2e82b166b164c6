import { decodeWhole } from '../../asn1/decode-whole.ts';
import { type DerNode, integer, oid, sequence } from '../../asn1/der-writer.ts';
import { TAG } from '../../asn1/tag.ts';

/**
 * MS-WCCE 2.2.2.7.7.2, szOID_CERTIFICATE_TEMPLATE: the template of version 2 or later that a certificate comes from.
 *
 * ```asn1
 * CertificateTemplateOID ::= SEQUENCE {
 *   templateID OBJECT IDENTIFIER, templateMajorVersion INTEGER (0..4294967295) OPTIONAL,
 *   templateMinorVersion INTEGER (0..4294967295) OPTIONAL }
 * ```
 */
export interface CertificateTemplate {
  readonly templateID: string;
  readonly templateMajorVersion?: number | undefined;
  readonly templateMinorVersion?: number | undefined;
}

export function decodeCertificateTemplate(extnValue: Uint8Array): CertificateTemplate {
  return decodeWhole(extnValue, (reader) => {
    const fields = reader.sequence();
    const templateID = fields.oid();
    const templateMajorVersion = fields.peek() === TAG.INTEGER ? Number(fields.integer()) : undefined;
    const templateMinorVersion = fields.peek() === TAG.INTEGER ? Number(fields.integer()) : undefined;
    fields.finish();
    return { templateID, templateMajorVersion, templateMinorVersion };
  });
}

export function encodeCertificateTemplate(value: CertificateTemplate): DerNode {
  return sequence(
    oid(value.templateID),
    value.templateMajorVersion === undefined ? undefined : integer(value.templateMajorVersion),
    value.templateMinorVersion === undefined ? undefined : integer(value.templateMinorVersion),
  );
}
