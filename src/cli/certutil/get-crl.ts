import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { writeAndPrint } from './der-output.ts';
import { propertyIndex } from './property-index.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -GetCRL OutFile [Index] [delta]`: the newest CRL of that kind. */
export async function run(context: CertutilContext): Promise<Json> {
  const [file, ...rest] = context.args as [string, ...string[]];
  const isDelta = (word: string) => word.toLowerCase() === 'delta';
  const info = await withAuthority(context, (authority) => authority.info());
  const wantsDelta = rest.some(isDelta);
  const crls = wantsDelta ? info.deltaCrls : info.crls;
  if (crls.length === 0) {
    throw hresult('ERROR_FILE_NOT_FOUND', 'The CA has no delta CRL.', { hint: 'certutil -CAInfo lists what there is' });
  }
  const index = propertyIndex(
    rest.find((word) => !isDelta(word)),
    crls.length,
    wantsDelta ? 'delta CRL' : 'CRL',
  );
  const { crl } = crls[index]!;
  if (crl === undefined) throw hresult('ERROR_FILE_NOT_FOUND', 'No CRL was published yet.', { hint: 'certutil -CRL' });
  await writeAndPrint(context, file, 'X509 CRL', crl);
  return { file, index, length: crl.length };
}
