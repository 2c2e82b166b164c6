import { encodeCertsOnly } from '#pki/cms/certs-only';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { writeAndPrint } from './der-output.ts';
import { propertyIndex } from './property-index.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -ca.chain OutCACertChainFile [Index]`: a certs-only PKCS #7, that of the newest certificate without an index. */
export async function run(context: CertutilContext): Promise<Json> {
  const [file, typed] = context.args as [string, string | undefined];
  const { certificates } = await withAuthority(context, (authority) => authority.info());
  const index = propertyIndex(typed, certificates.length, 'CA cert chain');
  const chain = encodeCertsOnly(certificates[index]!.chain);
  await writeAndPrint(context, file, 'PKCS7', chain);
  return { file, index, length: chain.length };
}
