/**
 * The controls of CMC messages. `CMC Attributes` as in Microsoft's samples of requests; the other layouts are ours in their
 * manner, with the names of wincrypt.h for states and failures.
 */

import {
  id_cmc_addExtensions,
  id_cmc_dataReturn,
  id_cmc_queryPending,
  id_cmc_recipientNonce,
  id_cmc_regInfo,
  id_cmc_responseInfo,
  id_cmc_senderNonce,
  id_cmc_statusInfo,
  id_cmc_transactionId,
  szOID_CMC_ADD_ATTRIBUTES,
} from '#pki/asn1/oid-table';
import { decodeText } from '#pki/asn1/pem';
import {
  type AddExtensions,
  type CmcAddAttributes,
  type ControlReference,
  decodeAddAttributes,
  decodeAddExtensions,
  decodeOctetStringControl,
  decodeTransactionId,
} from '#pki/cmc/controls';
import type { TaggedAttribute } from '#pki/cmc/pki-data';
import { CMCFailInfo, CMCStatus, type CMCStatusInfo, decodeStatusInfo } from '#pki/cmc/status-info';
import { formatDate } from '../../io/date.ts';
import type { Json } from '../../io/verb.ts';
import { printAttributes } from './attributes.ts';
import { printDecodedValue, type ValueDecoder } from './decoded-value.ts';
import { extensionValues, printExtensions } from './extensions.ts';
import { jsonValue } from './json-value.ts';
import { spacedHex } from './octets.ts';
import { oidName, oidText } from './oid-text.ts';
import type { Page } from './page.ts';

function row<T>(
  attrType: string,
  decode: (der: Uint8Array) => T,
  print: (page: Page, value: T) => Promise<Json | undefined>,
): readonly [attrType: string, decoder: ValueDecoder] {
  const bound: ValueDecoder = (der) => {
    const value = decode(der);
    return (page) => print(page, value);
  };
  return [attrType, bound];
}

const DECODERS: ReadonlyMap<string, ValueDecoder> = new Map([
  row(szOID_CMC_ADD_ATTRIBUTES, decodeAddAttributes, printAddAttributes),
  row(id_cmc_addExtensions, decodeAddExtensions, printAddExtensions),
  row(id_cmc_statusInfo, decodeStatusInfo, printStatusInfo),
  row(id_cmc_regInfo, (der) => decodeText(decodeOctetStringControl(der)), printText),
  row(id_cmc_transactionId, decodeTransactionId, printOctets),
  row(id_cmc_senderNonce, decodeOctetStringControl, printOctets),
  row(id_cmc_recipientNonce, decodeOctetStringControl, printOctets),
  row(id_cmc_dataReturn, decodeOctetStringControl, printOctets),
  row(id_cmc_queryPending, decodeOctetStringControl, printOctets),
  row(id_cmc_responseInfo, decodeOctetStringControl, printOctets),
]);

/** `Tagged Attributes: 2` and each control with its values. */
export async function printTaggedAttributes(page: Page, controls: readonly TaggedAttribute[]): Promise<Json> {
  page.line(`Tagged Attributes: ${controls.length}`);
  const values: Json[] = [];
  for (const { bodyPartID, attrType, attrValues } of controls) {
    page.line();
    page.line(`  Body Part Id: ${bodyPartID}`);
    page.line(`  ${oidText(attrType)}`);
    const decoded: Json[] = [];
    for (const [i, der] of attrValues.entries()) {
      page.line(`  Value[${i}]:`);
      decoded.push(await printDecodedValue(page, der, DECODERS.get(attrType)));
    }
    values.push({ bodyPartID, attrType, name: oidName(attrType), attrValues: decoded });
  }
  page.line();
  return values;
}

function printReference(page: Page, { pkiDataReference, certReferences }: ControlReference): void {
  page.line(`    Data Reference: ${pkiDataReference}`);
  for (const [i, reference] of certReferences.entries()) page.line(`    Cert Reference[${i}]: ${reference}`);
}

async function printAddAttributes(page: Page, value: CmcAddAttributes): Promise<Json> {
  printReference(page, value);
  const attributes = await printAttributes(page, value.attributes);
  page.line();
  return { pkiDataReference: value.pkiDataReference, certReferences: value.certReferences, attributes };
}

async function printAddExtensions(
  page: Page,
  { pkiDataReference, certReferences, extensions }: AddExtensions,
): Promise<Json> {
  printReference(page, { pkiDataReference, certReferences });
  await printExtensions(page, 'Certificate Extensions', extensions);
  return { pkiDataReference, certReferences, extensions: extensionValues(extensions) };
}

async function printStatusInfo(page: Page, value: CMCStatusInfo): Promise<Json | undefined> {
  page.line(`    Status: ${value.cMCStatus}`);
  page.lines(constantLines('CMC_STATUS', CMCStatus, value.cMCStatus), '      ');
  for (const [i, bodyPartID] of value.bodyList.entries()) page.line(`    Body List[${i}]: ${bodyPartID}`);
  if (value.statusString !== undefined) page.line(`    Status String: ${value.statusString}`);
  if (value.failInfo !== undefined) {
    page.line(`    Fail Info: ${value.failInfo}`);
    page.lines(constantLines('CMC_FAIL', CMCFailInfo, value.failInfo), '      ');
  }
  if (value.pendInfo) {
    page.line(`    Pend Token: ${spacedHex(value.pendInfo.pendToken)}`);
    page.line(`    Pend Time: ${formatDate(value.pendInfo.pendTime, page.style)}`);
  }
  return jsonValue(value);
}

/** `CMC_STATUS_SUCCESS -- 0`: the field's name of RFC 5272 in the spelling of wincrypt.h. */
function constantLines(prefix: string, constants: Readonly<Record<string, number>>, value: number): string[] {
  const name = Object.keys(constants).find((each) => constants[each] === value);
  if (name === undefined) return [];
  const constant = name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
  return [`${prefix}_${constant} -- ${value}`];
}

async function printText(page: Page, text: string): Promise<Json> {
  page.line(`    ${text}`);
  return text;
}

async function printOctets(page: Page, octets: Uint8Array): Promise<Json | undefined> {
  page.line(`    ${spacedHex(octets)}`);
  return jsonValue(octets);
}
