import { encodePem } from '#pki/asn1/pem';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { convertFile } from './convert-file.ts';

/** `certutil -encode InFile OutFile`: PEM under the label CERTIFICATE, whatever the file holds. */
export function run(context: CertutilContext): Promise<Json> {
  return convertFile(context, (bytes) => {
    const pem = encodePem('CERTIFICATE', bytes);
    if (!context.options.has('UnicodeText')) return new TextEncoder().encode(pem);
    return new Uint8Array(Buffer.from(`\u{feff}${pem}`, 'utf16le'));
  });
}
