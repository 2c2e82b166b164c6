import { hresult } from '#hresult/hresult-error';
import { decodeBase64 } from '#pki/asn1/base64';
import { decodePem, decodeText } from '#pki/asn1/pem';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { convertFile } from './convert-file.ts';

/** `certutil -decode InFile OutFile`: the first PEM block of a text, or base 64 without one. */
export function run(context: CertutilContext): Promise<Json> {
  const toBytes = (bytes: Uint8Array) => {
    const text = decodeText(bytes);
    const decoded = decodePem(text)[0]?.bytes ?? decodeBase64(text.replace(/^\u{feff}/u, ''));
    if (decoded.length === 0) throw hresult('ERROR_INVALID_DATA', 'The file holds nothing in base 64.');
    return decoded;
  };
  return convertFile(context, toBytes, 'certutil -encode, or any tool that writes PEM, makes what -decode reads');
}
