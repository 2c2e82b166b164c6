import { hresult } from '#hresult/hresult-error';
import { encodeBase64 } from '#pki/asn1/base64';
import { formatHex } from '#pki/asn1/bytes';
import { encodePem } from '#pki/asn1/pem';
import { encodeText } from '../io/encode-text.ts';
import { hexDump } from '../io/hex-dump.ts';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { convertFile } from './convert-file.ts';

/** Forms of text by the numbers CryptBinaryToString gives them (CRYPT_STRING_*). */
const FORMS: Readonly<Record<number, (bytes: Uint8Array) => string>> = {
  0: (bytes) => encodePem('CERTIFICATE', bytes),
  1: (bytes) => encodeBase64(bytes).replace(/.{1,64}/g, '$&\r\n'),
  3: (bytes) => encodePem('NEW CERTIFICATE REQUEST', bytes),
  4: (bytes) => asText(hexDump(bytes)),
  5: (bytes) => asText(hexDump(bytes, { ascii: true })),
  9: (bytes) => encodePem('X509 CRL', bytes),
  10: (bytes) => asText(hexDump(bytes, { address: true })),
  11: (bytes) => asText(hexDump(bytes, { address: true, ascii: true })),
  12: (bytes) => asText([formatHex(bytes)]),
};
/** CRYPT_STRING_NOCRLF: everything in one line. */
const NO_CRLF = 0x40000000;
const HEX_ASCII_ADDRESS = 11;

/** `certutil -encodehex InFile OutFile [type]`: with addresses and characters where no type is given. */
export function run(context: CertutilContext): Promise<Json> {
  const type = Number(context.args[2] ?? HEX_ASCII_ADDRESS);
  const form = Number.isInteger(type) && type >= 0 ? FORMS[type % NO_CRLF] : undefined;
  if (!form)
    throw hresult('ERROR_INVALID_PARAMETER', `"${context.args[2]}" is no form of text: 0, 1, 3, 4, 5, 9 to 12.`);
  const isOneLine = type >= NO_CRLF;
  return convertFile(context, (bytes) => {
    const text = form(bytes);
    return encodeText(isOneLine ? text.replaceAll('\r\n', '') : text, context.options.has('UnicodeText'));
  });
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join('');
}
