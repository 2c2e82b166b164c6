import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { writeAndPrint } from './der-output.ts';
import { propertyIndex } from './property-index.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -ca.cert OutCACertFile [Index]`: the newest certificate of the CA without an index. */
export async function run(context: CertutilContext): Promise<Json> {
  const [file, typed] = context.args as [string, string | undefined];
  const { certificates } = await withAuthority(context, (authority) => authority.info());
  const index = propertyIndex(typed, certificates.length, 'CA cert');
  const { certificate, state } = certificates[index]!;
  await writeAndPrint(context, file, 'CERTIFICATE', certificate);
  return { file, index, state, length: certificate.length };
}
