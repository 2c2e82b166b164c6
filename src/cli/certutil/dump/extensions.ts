import { formatHex } from '#pki/asn1/bytes';
import type { Extension } from '#pki/x509/extension';
import { extensionRow } from '#pki/x509/extensions/extension-table';
import { orUndefined } from '#pki/x509/readable-extension';
import type { Json } from '../../io/verb.ts';
import { extensionText } from './extension-text.ts';
import { jsonValue } from './json-value.ts';
import { bareHex } from './octets.ts';
import { oidName } from './oid-text.ts';
import type { Page } from './page.ts';

/** `Certificate Extensions: 4` and each with its flags, its length, its name and its text. */
export async function printExtensions(page: Page, title: string, extensions: readonly Extension[]): Promise<void> {
  page.line(`${title}: ${extensions.length}`);
  for (const extension of extensions) await printExtension(page, extension);
}

async function printExtension(page: Page, { extnID, critical, extnValue }: Extension): Promise<void> {
  page.line(`    ${extnID}: Flags = ${critical ? '1(Critical)' : '0'}, Length = ${bareHex(extnValue.length)}`);
  const known = extensionText(extnID);
  page.line(`    ${known?.title ?? oidName(extnID) ?? 'Unknown Extension type'}`);
  const print = known && orUndefined(() => known.decode(extnValue));
  if (print) page.lines(await print(page), '        ');
  page.line();
  // What is not understood, or is malformed, is shown as it stands.
  if (print && !page.style.verbose) return;
  page.dump(extnValue, '    ', { ascii: true });
  page.line();
}

/** `value` is the decoded one; undefined where the extension is unknown or malformed. */
export function extensionValues(extensions: readonly Extension[]): Json {
  return extensions.map(({ extnID, critical, extnValue }) => {
    const row = extensionRow(extnID);
    return {
      extnID,
      name: row?.name ?? oidName(extnID),
      critical,
      extnValue: formatHex(extnValue),
      value: row && jsonValue(orUndefined(() => row.codec.decode(extnValue))),
    };
  });
}
