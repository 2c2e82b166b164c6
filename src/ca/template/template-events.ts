/**
 * What the audit log tells of templates as the CA loads them: 4898, 4899 and 4900, where EditFlags of the policy module has
 * EDITF_AUDITCERTTEMPLATELOAD.
 */
import { formatHex } from '#pki/asn1/bytes';
import { type AuditContext, audit } from '../audit/audit.ts';
import { EDITF } from '../config/registry-flags.ts';
import { POLICY_MODULE } from '../config/registry-values.ts';
import type { Directory, Write } from '../ports.ts';
import { encodeTemplateAttributes } from './attributes.ts';
import type { CertificateTemplate } from './certificate-template.ts';
import { findTemplate } from './matching.ts';
import { formatSddl } from './sddl.ts';
import { decodeSecurityDescriptor } from './security-descriptor.ts';
import { templatesContainer } from './templates-in-directory.ts';

/** Templates as they were read, and the common names of those the CA issues. */
export interface LoadedTemplates {
  readonly templates: readonly CertificateTemplate[];
  readonly published: readonly string[];
}

/** One that is new to the CA is loaded; of one it had, content or security changed, or neither. */
export function templateEvents(
  context: AuditContext,
  directory: Pick<Directory, 'configurationDN' | 'domain'>,
  before: LoadedTemplates | undefined,
  after: LoadedTemplates,
): Write[] {
  if (!context.configuration.hasFlag('EditFlags', EDITF.AUDITCERTTEMPLATELOAD, POLICY_MODULE)) return [];
  const issued = ({ templates, published }: LoadedTemplates) =>
    published.flatMap((cn) => findTemplate(templates, cn) ?? []);
  const known = new Map((before ? issued(before) : []).map((template) => [template.cn, describe(template, directory)]));
  return issued(after).flatMap((template) => {
    const { identity, content, security } = describe(template, directory);
    const old = known.get(template.cn);
    if (!old) return audit(context, 'templateLoaded', [...identity, content, security]);
    if (old.security !== security)
      return audit(context, 'templateSecurityUpdated', [...identity, content, security, old.content, old.security]);
    return old.content === content ? [] : audit(context, 'templateUpdated', [...identity, content, old.content]);
  });
}

const SECURITY = 'nTSecurityDescriptor';

function describe(
  template: CertificateTemplate,
  directory: Pick<Directory, 'configurationDN' | 'domain'>,
): { identity: readonly string[]; content: string; security: string } {
  const { cn, revision, minorRevision, schemaVersion, oid } = template;
  const attributes = encodeTemplateAttributes(template);
  const text = (value: string | Uint8Array) => (typeof value === 'string' ? value : formatHex(value));
  const descriptor = attributes.get(SECURITY)?.[0];
  return {
    identity: [
      cn,
      `${revision}.${minorRevision}`,
      String(schemaVersion),
      oid,
      `CN=${cn},${templatesContainer(directory)}`,
      directory.domain.dnsName,
    ],
    content: [...attributes]
      .filter(([name]) => name !== SECURITY)
      .map(([name, values]) => `${name} = ${values.map(text).join(', ')}`)
      .join('\n'),
    security:
      descriptor instanceof Uint8Array ? formatSddl(decodeSecurityDescriptor(descriptor), directory.domain.sid) : '',
  };
}
