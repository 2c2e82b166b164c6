import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { writeAndPrint } from './der-output.ts';
import { propertyIndex } from './property-index.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -GetCRL OutFile [Index] [delta]`: the newest base CRL. */
export async function run(context: CertutilContext): Promise<Json> {
  const [file, ...rest] = context.args as [string, ...string[]];
  if (rest.some((word) => word.toLowerCase() === 'delta')) {
    throw hresult('ERROR_FILE_NOT_FOUND', 'The CA has no delta CRL.');
  }
  const { crls } = await withAuthority(context, (authority) => authority.info());
  const index = propertyIndex(rest[0], crls.length, 'CRL');
  const { crl } = crls[index]!;
  if (crl === undefined) throw hresult('ERROR_FILE_NOT_FOUND', 'No CRL was published yet.', { hint: 'certutil -CRL' });
  await writeAndPrint(context, file, 'X509 CRL', crl);
  return { file, index, length: crl.length };
}
