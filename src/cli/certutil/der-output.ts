import { encodePem } from '#pki/asn1/pem';
import type { CertutilContext } from './context.ts';

/** What -ca.cert, -GetCRL and their kin do: the DER to a file, the same as PEM to the console. */
export async function writeAndPrint(
  { console, options, out }: CertutilContext,
  file: string,
  label: 'CERTIFICATE' | 'X509 CRL' | 'PKCS7',
  der: Uint8Array,
): Promise<void> {
  await console.writeFile(file, der, { overwrite: options.has('f') });
  for (const line of pemLines(label, der)) out(line);
}

/** The lines of a PEM block and the empty one that certutil lets follow. */
export function pemLines(label: string, der: Uint8Array): string[] {
  return encodePem(label, der, { lineEnding: '\n' }).split('\n');
}
