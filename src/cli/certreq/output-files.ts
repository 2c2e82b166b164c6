import { encodePem } from '#pki/asn1/pem';
import { encodeText } from '../io/encode-text.ts';
import type { CertreqContext } from './context.ts';

/**
 * CERTIFICATE for certificates, PKCS7 for messages: Windows reads any label, OpenSSL only the right one.
 */
export type OutputLabel = 'NEW CERTIFICATE REQUEST' | 'CERTIFICATE' | 'PKCS7';

/** Base 64 between PEM lines, in UTF-16 under -UnicodeText; DER under -binary. */
export async function writeOutput(
  { console, options }: CertreqContext,
  path: string,
  label: OutputLabel,
  der: Uint8Array,
): Promise<void> {
  const overwrite = options.has('f');
  if (options.has('binary')) return console.writeFile(path, der, { overwrite });
  return console.writeFile(path, encodeText(encodePem(label, der), options.has('UnicodeText')), { overwrite });
}

/** Looked at before anything is made or sent that could not be taken back. Throws as `Console.requireWritable`. */
export async function requireFree(
  { console, options }: CertreqContext,
  paths: readonly (string | undefined)[],
): Promise<void> {
  for (const path of paths)
    if (path !== undefined) await console.requireWritable(path, { overwrite: options.has('f') });
}

/** As certreq names the file in its errors: without the folder. */
export function baseName(path: string): string {
  return path.replace(/^.*[\\/]/s, '');
}
