import { decodePemOrDer } from '#pki/asn1/pem';
import { decodeTree } from '#pki/asn1/tree';
import { asn1Lines, asn1Value } from '../io/asn1-lines.ts';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';

/** `certutil -asn File [type]`: the form of the file shows itself, so that `type` decides nothing. */
export async function run({ args, console, out }: CertutilContext): Promise<Json> {
  const tree = decodeTree(decodePemOrDer(await console.readFile(args[0]!)));
  for (const line of asn1Lines(tree)) out(line);
  return asn1Value(tree);
}
