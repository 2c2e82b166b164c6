import type { TemplateInfo } from '#ca/api';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -CATemplates [Template]`: what the CA issues, and whether the caller may have it. */
export async function run(context: CertutilContext): Promise<Json> {
  const wanted = context.args[0]?.toLowerCase();
  const templates = (await withAuthority(context, (authority) => authority.templates())).filter(
    ({ commonName, displayName }) =>
      wanted === undefined || [commonName, displayName].some((name) => name.toLowerCase() === wanted),
  );
  // A CA that issues by no template is an error to Windows too.
  if (templates.length === 0) {
    throw hresult('ERROR_NOT_FOUND', `The CA issues by no ${wanted === undefined ? 'template' : 'such template'}.`, {
      hint: 'certutil -SetCATemplates +NAME lets an enterprise CA issue by one; a stand-alone CA has none',
    });
  }
  for (const template of templates) {
    context.out(`${template.commonName}: ${template.displayName} -- ${accessText(template)}`);
  }
  return templates.map(({ commonName, displayName, mayEnroll, mayAutoenroll }) => ({
    commonName,
    displayName,
    mayEnroll,
    mayAutoenroll,
  }));
}

function accessText({ mayEnroll, mayAutoenroll }: TemplateInfo): string {
  if (mayAutoenroll) return 'Auto-Enroll';
  return mayEnroll ? 'Auto-Enroll: Access is denied.' : 'Access is denied.';
}
