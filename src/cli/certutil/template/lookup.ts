import type { CertificateTemplate } from '#ca/template/certificate-template';
import { findTemplate } from '#ca/template/matching';
import { readTemplates } from '#ca/template/templates-in-directory';
import type { HresultSymbol } from '#hresult/codes';
import { HresultError } from '#hresult/hresult-error';
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
    known ??= knownTemplates({ directory });
    return findTemplate(await known, nameOrOid);
  };
}

/** No directory, none for this caller, or none that answers: keys and stores are here all the same. */
const OUT_OF_REACH: ReadonlySet<HresultSymbol> = new Set([
  'ERROR_NO_SUCH_DOMAIN',
  'ERROR_ACCESS_DENIED',
  'ERROR_NOT_AUTHENTICATED',
  'ERROR_LOGON_FAILURE',
  'RPC_S_SERVER_UNAVAILABLE',
]);

/** The directory's templates; none where it is out of reach. */
export async function knownTemplates({
  directory,
}: Pick<CertutilContext, 'directory'>): Promise<readonly CertificateTemplate[]> {
  try {
    return await readTemplates(await directory());
  } catch (error) {
    if (error instanceof HresultError && OUT_OF_REACH.has(error.symbol)) return [];
    throw error;
  }
}
