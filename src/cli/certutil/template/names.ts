import { readTemplates } from '#ca/template/templates-in-directory';
import { isHresult } from '#hresult/hresult-error';
import type { CertutilContext } from '../context.ts';

/** Display names of the directory's templates by their OID; none where this machine has no domain. */
export async function templateDisplayNames({
  directory,
}: Pick<CertutilContext, 'directory'>): Promise<ReadonlyMap<string, string>> {
  try {
    const templates = await readTemplates(await directory());
    return new Map(templates.map(({ oid, displayName }) => [oid, displayName]));
  } catch (error) {
    if (isHresult(error, 'ERROR_NO_SUCH_DOMAIN')) return new Map();
    throw error;
  }
}
