import { formatHex } from '#pki/asn1/bytes';
import type { OtherMsg, PKIData, TaggedContentInfo, TaggedRequest } from '#pki/cmc/pki-data';
import type { PKIResponse } from '#pki/cmc/pki-response';
import { decodeCertificationRequest } from '#pki/x509/certification-request';
import type { Json } from '../../io/verb.ts';
import { printCertificationRequest } from './certification-request.ts';
import { printTaggedAttributes } from './cmc-control.ts';
import { oidText } from './oid-text.ts';
import type { Page } from './page.ts';

/** Prints a message inside the message: DER ContentInfo. Handed in, because such a message may hold another. */
export type MessagePrinter = (contentInfo: Uint8Array) => Promise<Json>;

/** A full request (RFC 5272 §3.2.1), in the layout of Microsoft's samples. */
export async function printPkiData(page: Page, value: PKIData, printMessage: MessagePrinter): Promise<Json> {
  page.line('CMS Certificate Request:');
  const controlSequence = await printTaggedAttributes(page, value.controlSequence);
  page.line(`Tagged Requests: ${value.reqSequence.length}`);
  const reqSequence: Json[] = [];
  for (const [i, request] of value.reqSequence.entries()) reqSequence.push(await printRequest(page, request, i));
  if (value.reqSequence.length > 0) page.line();
  const cmsSequence = await printContentInfos(page, value.cmsSequence, printMessage);
  const otherMsgSequence = printOtherMessages(page, value.otherMsgSequence);
  return { type: 'pkiData', controlSequence, reqSequence, cmsSequence, otherMsgSequence };
}

/** A full response (RFC 5272 §4.2). No document prints one: the heading is ours, the rest as of a request. */
export async function printPkiResponse(page: Page, value: PKIResponse, printMessage: MessagePrinter): Promise<Json> {
  page.line('CMS Certificate Response:');
  const controlSequence = await printTaggedAttributes(page, value.controlSequence);
  const cmsSequence = await printContentInfos(page, value.cmsSequence, printMessage);
  const otherMsgSequence = printOtherMessages(page, value.otherMsgSequence);
  return { type: 'pkiResponse', controlSequence, cmsSequence, otherMsgSequence };
}

async function printRequest(page: Page, request: TaggedRequest, index: number): Promise<Json> {
  if (request.type !== 'tcr') {
    // wincrypt.h has no name for the two other choices.
    page.line(`  ${request.type === 'crm' ? 'CertReqMsg' : 'OtherRequestMessage'}:`);
    page.dump(request.raw, '    ', { ascii: true });
    return { type: request.type, der: formatHex(request.raw) };
  }
  page.line('  CMC_TAGGED_CERT_REQUEST_CHOICE:');
  page.line(`  Body Part Id: ${request.bodyPartID}`);
  const certificationRequest = await page.nested(async () => {
    page.line(`Element ${index}:`);
    await page.split(request.certificationRequest, 'p10');
    return printCertificationRequest(page, decodeCertificationRequest(request.certificationRequest));
  });
  return { type: 'tcr', bodyPartID: request.bodyPartID, certificationRequest };
}

async function printContentInfos(
  page: Page,
  messages: readonly TaggedContentInfo[],
  printMessage: MessagePrinter,
): Promise<Json> {
  page.line(`Tagged Content Info: ${messages.length}`);
  const values: Json[] = [];
  for (const { bodyPartID, contentInfo } of messages) {
    page.line(`  Body Part Id: ${bodyPartID}`);
    const message = await page.nested(async () => {
      await page.split(contentInfo, 'p7b');
      return printMessage(contentInfo);
    });
    values.push({ bodyPartID, contentInfo: message });
  }
  return values;
}

function printOtherMessages(page: Page, messages: readonly OtherMsg[]): Json {
  page.line(`Tagged Other Messages: ${messages.length}`);
  return messages.map(({ bodyPartID, otherMsgType, otherMsgValue }) => {
    page.line(`  Body Part Id: ${bodyPartID}`);
    page.line(`  ${oidText(otherMsgType)}`);
    page.dump(otherMsgValue, '    ', { ascii: true });
    return { bodyPartID, otherMsgType, otherMsgValue: formatHex(otherMsgValue) };
  });
}
