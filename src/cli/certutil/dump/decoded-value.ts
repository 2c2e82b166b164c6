import { formatHex } from '#pki/asn1/bytes';
import { orUndefined } from '#pki/x509/readable-extension';
import type { Json } from '../../io/verb.ts';
import type { Page } from './page.ts';

/** What prints the value and answers it for --json. Throws HresultError where the value is malformed. */
export type ValueDecoder = (der: Uint8Array) => (page: Page) => Promise<Json | undefined>;

/** `{ der, value }`: the value where there is a decoder and the DER is well formed; else a dump of it. */
export async function printDecodedValue(page: Page, der: Uint8Array, decode: ValueDecoder | undefined): Promise<Json> {
  const print = decode && orUndefined(() => decode(der));
  if (print) {
    const value = await print(page);
    page.dumpVerbose(der);
    return { der: formatHex(der), value };
  }
  page.dump(der, '    ', { ascii: true });
  return { der: formatHex(der) };
}
