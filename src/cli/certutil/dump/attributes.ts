import type { Attribute } from '#pki/cms/attribute';
import type { Json } from '../../io/verb.ts';
import { attributeValuePrinter } from './attribute-value.ts';
import { printDecodedValue } from './decoded-value.ts';
import { oidLabel, oidName } from './oid-text.ts';
import type { Page } from './page.ts';

/** `  3 attributes:` and each with its values, as they stand in requests, signers and CMC controls. */
export async function printAttributes(page: Page, attributes: readonly Attribute[]): Promise<Json> {
  page.line(`  ${attributes.length} attributes:`);
  const values: Json[] = [];
  for (const [i, { attrType, attrValues }] of attributes.entries()) {
    page.line();
    page.line(`  Attribute[${i}]: ${oidLabel(attrType)}`);
    const decoded: Json[] = [];
    for (const [j, value] of attrValues.entries()) {
      page.line(`    Value[${i}][${j}]:`);
      decoded.push(await printValue(page, attrType, value));
    }
    values.push({ attrType, name: oidName(attrType), attrValues: decoded });
  }
  return values;
}

async function printValue(page: Page, attrType: string, der: Uint8Array): Promise<Json> {
  const printer = attributeValuePrinter(attrType);
  // CryptFormatObject knows but a few types; the others are announced so and decoded by certutil itself.
  if (!printer?.isKnownToWindows) page.line('    Unknown Attribute type');
  return printDecodedValue(page, der, printer?.decode);
}
