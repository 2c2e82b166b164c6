/** Which template a request asks for. MS-WCCE 3.2.2.6.2.1.4.2, 3.2.2.6.2.1.4.1. */
import { hresult } from '#hresult/hresult-error';
import { isOid } from '#pki/asn1/object-identifier';
import type { CertificateTemplate } from './certificate-template.ts';

/** Everything in a request that names a template. */
export interface RequestedTemplate {
  /** Extension 1.3.6.1.4.1.311.20.2. */
  readonly name?: string | undefined;
  /** Extension 1.3.6.1.4.1.311.21.7. */
  readonly certificateTemplate?:
    | {
        readonly templateID: string;
        readonly templateMajorVersion?: number | undefined;
        readonly templateMinorVersion?: number | undefined;
      }
    | undefined;
  /** Values of the request attributes CertificateTemplate and CertType: a cn or an OID. */
  readonly attributes?: readonly string[];
}

function isNamedBy(template: CertificateTemplate, token: string): boolean {
  if (isOid(token)) return template.oid === token;
  return template.cn.toLowerCase() === token.toLowerCase();
}

/** By cn without regard to case, or by OID; undefined where there is none. */
export function findTemplate(
  templates: readonly CertificateTemplate[],
  token: string,
): CertificateTemplate | undefined {
  return templates.find((template) => isNamedBy(template, token.trim()));
}

/** What stands in a certificate's row: the OID for version 2 and later, the cn for version 1, as AD CS stores it. */
export function storedName({ schemaVersion, cn, oid }: CertificateTemplate): string {
  return schemaVersion === 1 ? cn : oid;
}

/** Names and OIDs of the templates that a request mentions, as it wrote them; the extensions before the attributes. */
export function requestedTokens({ name, certificateTemplate, attributes }: RequestedTemplate): string[] {
  return [name, certificateTemplate?.templateID, ...(attributes ?? [])]
    .map((token) => token?.trim() ?? '')
    .filter((token) => token !== '');
}

/**
 * The one template all of the request's mentions lead to. `published` are the cn the CA issues. Throws
 * CERTSRV_E_NO_CERT_TYPE where nothing names one, CERTSRV_E_TEMPLATE_CONFLICT, CERTSRV_E_UNSUPPORTED_CERT_TYPE for one
 * that is unknown or not published, CERTSRV_E_BAD_TEMPLATE_VERSION for a newer major version than the directory has.
 */
export function matchTemplate(
  requested: RequestedTemplate,
  templates: readonly CertificateTemplate[],
  published: Iterable<string>,
): CertificateTemplate {
  const { certificateTemplate } = requested;
  const tokens = requestedTokens(requested);
  const first = tokens[0];
  if (first === undefined) throw hresult('CERTSRV_E_NO_CERT_TYPE');
  const template = findTemplate(templates, first);
  for (const token of tokens.slice(1)) {
    const other = findTemplate(templates, token);
    // Two unknown mentions agree only where they are the same text.
    if (other?.cn !== template?.cn || (!template && token.toLowerCase() !== first.toLowerCase()))
      throw hresult('CERTSRV_E_TEMPLATE_CONFLICT', `The request names ${token} and ${first}.`, {
        hint: 'a request names one template: make another one for another template',
      });
  }
  if (!template) throw hresult('CERTSRV_E_UNSUPPORTED_CERT_TYPE', `There is no template ${first}.`);
  const cn = template.cn.toLowerCase();
  if (![...published].some((entry) => entry.toLowerCase() === cn))
    throw hresult('CERTSRV_E_UNSUPPORTED_CERT_TYPE', template.cn);
  const major = certificateTemplate?.templateMajorVersion;
  if (major !== undefined && major > template.revision)
    throw hresult('CERTSRV_E_BAD_TEMPLATE_VERSION', `${template.cn} ${major} instead of ${template.revision}`);
  return template;
}
