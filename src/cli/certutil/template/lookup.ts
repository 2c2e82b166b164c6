import type { CertificateTemplate } from '#ca/template/certificate-template';
import { findTemplate } from '#ca/template/matching';
import { readTemplates } from '#ca/template/templates-in-directory';
import { isHresult } from '#hresult/hresult-error';
import type { CertutilContext } from '../context.ts';

/** What the lines about a certificate need of its template. */
export interface TemplateLabel {
  readonly cn: string;
  readonly displayName: string;
}

/**
 * Finds templates by cn or OID. The directory is read once, and only where a certificate names a template; without one that
 * can be read none is known.
 */
export function templateLookup({
  directory,
}: Pick<CertutilContext, 'directory'>): (nameOrOid: string) => Promise<TemplateLabel | undefined> {
  let known: Promise<readonly CertificateTemplate[]> | undefined;
  return async (nameOrOid) => {
    known ??= templatesOf(directory);
    return findTemplate(await known, nameOrOid);
  };
}

async function templatesOf(directory: CertutilContext['directory']): Promise<readonly CertificateTemplate[]> {
  try {
    return await readTemplates(await directory());
  } catch (error) {
    if (isHresult(error, 'ERROR_NO_SUCH_DOMAIN') || isHresult(error, 'ERROR_ACCESS_DENIED')) return [];
    throw error;
  }
}
