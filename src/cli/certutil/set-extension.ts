import type { ExtensionSetting } from '#ca/api';
import { HresultError, hresult } from '#hresult/hresult-error';
import { encodeBase64 } from '#pki/asn1/base64';
import { DerReader } from '#pki/asn1/der-reader';
import { encodeDer, ia5String, integer, time, utf8String } from '#pki/asn1/der-writer';
import { decodeText } from '#pki/asn1/pem';
import { isIa5String } from '#pki/asn1/strings';
import { parseHexDump } from '../io/hex-dump.ts';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { parseRequestId } from './request-id.ts';
import { parseDate } from './view/parse-date.ts';
import { withAuthority } from './with-authority.ts';

/**
 * `certutil -setextension RequestId ExtensionName Flags {Long | Date | String | @InFile}`. A number is an INTEGER, a date a
 * Time, `@file` DER as it stands or as a hexadecimal dump, anything else a string: Microsoft's reference says which is
 * which, not how they are encoded, so that these are the types of X.509 for each.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const [id, extnID, flags, value] = context.args as [string, string, string, string];
  const requestId = parseRequestId(id);
  if (!/^[0-3]$/.test(flags)) {
    throw hresult('ERROR_INVALID_PARAMETER', `"${flags}" are no flags of an extension.`, {
      hint: '0, 1 for critical, 2 to leave it out, 3 for both',
    });
  }
  const bits = Number(flags);
  const extension: ExtensionSetting = {
    extnID,
    critical: (bits & 1) !== 0,
    disabled: (bits & 2) !== 0,
    ...(await encode(context, value)),
  };
  await withAuthority(context, (authority) => authority.setExtension(requestId, extension));
  return { requestId, ...extension, extnValue: encodeBase64(extension.extnValue) };
}

async function encode(
  { clock, console }: CertutilContext,
  text: string,
): Promise<Pick<ExtensionSetting, 'dataType' | 'extnValue'>> {
  if (text.startsWith('@')) return { dataType: 'binary', extnValue: derOf(await console.readFile(text.slice(1))) };
  if (/^(?:-?[0-9]{1,10}|0x[0-9a-f]{1,8})$/i.test(text)) {
    return { dataType: 'long', extnValue: encodeDer(integer(Number(text))) };
  }
  try {
    return { dataType: 'date', extnValue: encodeDer(time(parseDate(text, clock.now()))) };
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    return { dataType: 'string', extnValue: encodeDer(isIa5String(text) ? ia5String(text) : utf8String(text)) };
  }
}

/** DER as it stands, else the digits of it. */
function derOf(bytes: Uint8Array): Uint8Array {
  try {
    const reader = new DerReader(bytes);
    reader.skip();
    reader.finish();
    return bytes;
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    return parseHexDump(decodeText(bytes));
  }
}
