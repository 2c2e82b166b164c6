import { decodeText } from '#pki/asn1/pem';
import { parseHexDump } from '../io/hex-dump.ts';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { convertFile } from './convert-file.ts';

/** `certutil -decodehex InFile OutFile [type]`: the form of the dump shows itself, so that `type` decides nothing. */
export function run(context: CertutilContext): Promise<Json> {
  return convertFile(
    context,
    (bytes) => parseHexDump(decodeText(bytes).replace(/^\u{feff}/u, '')),
    'certutil -encodehex makes what -decodehex reads: pairs of hexadecimal digits, with addresses or without',
  );
}
