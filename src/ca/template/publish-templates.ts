/** Which templates a CA issues: `-SetCATemplates`, "Certificate Template to Issue". */
import { hresult } from '#hresult/hresult-error';
import type { TemplateInfo } from '../api.ts';
import { audit } from '../audit/audit.ts';
import type { Authority, Caller } from '../authority.ts';
import { sanitizeShortName } from '../config/sanitized-name.ts';
import { authorize } from '../roles/authorize.ts';
import { hasRight } from './access.ts';
import { escFindings } from './esc.ts';
import { findTemplate } from './matching.ts';
import { enrollmentService } from './templates-in-directory.ts';

/** What the CA issues, and whether the caller may have it. */
export async function templatesOf(authority: Authority, caller: Caller): Promise<readonly TemplateInfo[]> {
  if (!authority.enterprise) return [];
  const { templates, published } = await authority.templates.read();
  const token = [caller.sid, ...caller.groupSids];
  return published.map((name) => {
    const template = findTemplate(templates, name);
    return {
      commonName: template?.cn ?? name,
      displayName: template?.displayName ?? name,
      mayEnroll: template !== undefined && hasRight(template, token, 'enroll'),
      mayAutoenroll: template !== undefined && hasRight(template, token, 'autoenroll'),
    };
  });
}

/**
 * Throws ERROR_ACCESS_DENIED, CERTSRV_E_UNKNOWN_CERT_TYPE, ERROR_NOT_SUPPORTED on a stand-alone CA, and
 * CERTSRV_E_TEMPLATE_POLICY_REQUIRED for a template through which an enrollee could become somebody else.
 */
export async function setTemplates(
  authority: Authority,
  caller: Caller,
  commonNames: readonly string[],
): Promise<void> {
  const { clock, database, directory } = authority.ports;
  const attempt = { event: 'propertyChanged', values: ['Templates', '0', 'String', commonNames.join('\\n')] } as const;
  const configuration = await authorize(authority, caller, ['Administrator'], attempt);
  if (!authority.enterprise) throw hresult('ERROR_NOT_SUPPORTED', 'A stand-alone CA has no templates.');
  const { templates, published } = await authority.templates.read();
  const shortName = sanitizeShortName(authority.commonName);
  const before = new Set(published.map((name) => name.toLowerCase()));
  const chosen = commonNames.map((name) => {
    const template = findTemplate(templates, name);
    if (template === undefined)
      throw hresult('CERTSRV_E_UNKNOWN_CERT_TYPE', `There is no template ${name}.`, {
        hint: 'certutil -Template lists them; certhaven template duplicate makes new ones',
      });
    return template;
  });
  for (const template of chosen.filter(({ cn }) => !before.has(cn.toLowerCase()))) {
    const [worst] = escFindings(template);
    if (worst) throw hresult('CERTSRV_E_TEMPLATE_POLICY_REQUIRED', `${worst.id}: ${worst.text}.`, { hint: worst.cure });
  }
  const names = [...new Set(chosen.map(({ cn }) => cn))];
  const context = { time: clock.now(), subject: caller.accountName, configuration };
  const values = ['Templates', '0', 'String', names.join('\\n')];
  // The directory is no part of the unit: a change that is not on record would be worse than a record without its change.
  await database.commit(audit(context, 'propertyChanged', values));
  try {
    await directory.put(enrollmentService(directory, shortName), new Map([['certificateTemplates', names]]));
  } catch (error) {
    await database.commit(audit(context, 'propertyChanged', values, 'failure'));
    throw error;
  }
}
