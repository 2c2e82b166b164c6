import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { id_cct_PKIData, id_cct_PKIResponse, id_data, id_envelopedData, id_signedData } from '#pki/asn1/oid-table';
import { TAG } from '#pki/asn1/tag';
import { decodePkiData } from '#pki/cmc/pki-data';
import { decodePkiResponse } from '#pki/cmc/pki-response';
import { decodeContentInfo } from '#pki/cms/content-info';
import { decodeEnvelopedData } from '#pki/cms/enveloped-data';
import { decodeSignedData, type SignedData } from '#pki/cms/signed-data';
import { decodeCertificate } from '#pki/x509/certificate';
import { decodeCertificateList } from '#pki/x509/certificate-list';
import { type CertificationRequest, decodeCertificationRequest } from '#pki/x509/certification-request';
import { orUndefined } from '#pki/x509/readable-extension';
import type { Json } from '../../io/verb.ts';
import { printCertificateElement } from './certificate.ts';
import { printCertificateListElement } from './certificate-list.ts';
import { printCertificationRequest } from './certification-request.ts';
import { printPkiData, printPkiResponse } from './cmc-message.ts';
import { printEnvelopedData } from './enveloped-data.ts';
import { oidName, oidText } from './oid-text.ts';
import type { Page } from './page.ts';
import { printSignerInfo } from './signer-info.ts';

/** Messages in messages in messages: enrollment agents need three; a hostile file must not need the call stack. */
const MAX_NESTING = 8;

/**
 * Any ContentInfo, DER or BER. One of another type inside a message is shown as its bytes. Throws CRYPT_E_INVALID_MSG_TYPE
 * where the file itself is of another type, Asn1Error.
 */
export async function printMessage(page: Page, contentInfo: Uint8Array, depth = 0): Promise<Json> {
  if (depth > MAX_NESTING) throw hresult('CRYPT_E_ASN1_LARGE', `Messages nested over ${MAX_NESTING} deep.`);
  const { contentType, content } = decodeContentInfo(contentInfo);
  if (contentType === id_signedData) return printSignedData(page, decodeSignedData(contentInfo), depth);
  if (contentType === id_envelopedData) return printEnvelopedData(page, decodeEnvelopedData(contentInfo));
  if (depth > 0) return { ...printOctets(page, content), contentType };
  throw hresult('CRYPT_E_INVALID_MSG_TYPE', `A message of type ${oidText(contentType)} is not printed.`);
}

async function printSignedData(page: Page, signedData: SignedData, depth: number): Promise<Json> {
  const { version, encapContentInfo, certificates = [], crls = [], signerInfos } = signedData;
  // wincrypt.h: only version 1 is PKCS #7's.
  page.line(version === 1 ? 'PKCS7 Message:' : 'PKCS7/CMS Message:');
  page.line('  CMSG_SIGNED(2)');
  page.line(`  CMSG_SIGNED_DATA_${version === 1 ? 'PKCS_1_5' : 'CMS'}_VERSION(${version})`);
  page.line(`  Content Type: ${oidText(encapContentInfo.eContentType)}`);
  page.line();
  page.line('PKCS7 Message Content:');
  const { value: content, requestKeys } = await printContent(page, signedData, depth);
  page.line();
  page.line(signerInfos.length === 0 ? 'No Signer' : `Signer Count: ${signerInfos.length}`);
  const signers: Json[] = [];
  for (const i of signerInfos.keys()) signers.push(await printSignerInfo(page, signedData, i, requestKeys));
  page.line('No Recipient');
  page.line();
  return {
    type: 'signedData',
    version,
    contentType: encapContentInfo.eContentType,
    contentTypeName: oidName(encapContentInfo.eContentType),
    content,
    signerInfos: signers,
    certificates: await printCertificates(page, certificates),
    crls: await printCrls(page, crls),
  };
}

interface PrintedContent {
  readonly value: Json | undefined;
  /** Keys of the requests in the content, which sign a CMC message before there is any certificate. */
  readonly requestKeys: readonly Uint8Array[];
}

async function printContent(page: Page, { encapContentInfo }: SignedData, depth: number): Promise<PrintedContent> {
  const { eContentType, eContent } = encapContentInfo;
  if (!eContent) {
    page.line('EMPTY');
    return { value: undefined, requestKeys: [] };
  }
  const printInner = (contentInfo: Uint8Array) => printMessage(page, contentInfo, depth + 1);
  if (eContentType === id_cct_PKIData) {
    const pkiData = decodePkiData(eContent);
    const requestKeys = pkiData.reqSequence.flatMap((request) =>
      request.type === 'tcr'
        ? publicKeyOf(orUndefined(() => decodeCertificationRequest(request.certificationRequest)))
        : [],
    );
    return { value: await page.nested(() => printPkiData(page, pkiData, printInner)), requestKeys };
  }
  if (eContentType === id_cct_PKIResponse) {
    const response = decodePkiResponse(eContent);
    return { value: await page.nested(() => printPkiResponse(page, response, printInner)), requestKeys: [] };
  }
  return eContentType === id_data && eContent[0] === TAG.SEQUENCE
    ? printData(page, eContent, depth)
    : { value: printOctets(page, eContent), requestKeys: [] };
}

/** What enrollment signs as plain data: a PKCS #10 (MS-WCCE 2.2.2.6.2), the sealed key of a recovery BLOB. */
async function printData(page: Page, eContent: Uint8Array, depth: number): Promise<PrintedContent> {
  const request = orUndefined(() => decodeCertificationRequest(eContent));
  if (request) {
    const value = await page.nested(async () => {
      await page.split(eContent, 'p10');
      return printCertificationRequest(page, request);
    });
    return { value, requestKeys: publicKeyOf(request) };
  }
  const inner = orUndefined(() => decodeContentInfo(eContent));
  if (inner && (inner.contentType === id_signedData || inner.contentType === id_envelopedData)) {
    const value = await page.nested(async () => {
      await page.split(eContent, 'p7b');
      return printMessage(page, eContent, depth + 1);
    });
    return { value, requestKeys: [] };
  }
  return { value: printOctets(page, eContent), requestKeys: [] };
}

function printOctets(page: Page, octets: Uint8Array): { readonly type: 'data'; readonly bytes: string } {
  page.dumpContent(octets);
  return { type: 'data', bytes: formatHex(octets) };
}

function publicKeyOf(request: CertificationRequest | undefined): Uint8Array[] {
  return request ? [request.certificationRequestInfo.subjectPKInfo.raw] : [];
}

async function printCertificates(page: Page, certificates: readonly Uint8Array[]): Promise<Json> {
  page.line(certificates.length === 0 ? 'No Certificates' : 'Certificates:');
  return printElements(page, certificates, decodeCertificate, (value, i) => printCertificateElement(page, value, i));
}

async function printCrls(page: Page, crls: readonly Uint8Array[]): Promise<Json> {
  page.line(crls.length === 0 ? 'No CRLs' : 'CRLs:');
  return printElements(page, crls, decodeCertificateList, (value, i) => printCertificateListElement(page, value, i));
}

/** Each on a level of its own; one that is no certificate or CRL is shown as its bytes. */
async function printElements<T>(
  page: Page,
  elements: readonly Uint8Array[],
  decode: (der: Uint8Array) => T,
  print: (value: T, index: number) => Promise<Json>,
): Promise<Json> {
  const values: Json[] = [];
  for (const [i, der] of elements.entries()) {
    values.push(
      await page.nested(async () => {
        const value = orUndefined(() => decode(der));
        if (value !== undefined) return print(value, i);
        page.dump(der, '    ', { ascii: true });
        return { type: 'other', der: formatHex(der) };
      }),
    );
  }
  return values;
}
