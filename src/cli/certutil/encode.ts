import { encodePem } from '#pki/asn1/pem';
import { encodeText } from '../io/encode-text.ts';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { convertFile } from './convert-file.ts';

/** `certutil -encode InFile OutFile`: PEM under the label CERTIFICATE, whatever the file holds. */
export function run(context: CertutilContext): Promise<Json> {
  return convertFile(context, (bytes) =>
    encodeText(encodePem('CERTIFICATE', bytes), context.options.has('UnicodeText')),
  );
}
