/**
 * The values of the attributes that enrollment uses, one row each. Layouts are those of appendix A of the white paper on key
 * archival and of Microsoft's samples of requests; where neither shows one the line is ours in their manner.
 */
import { decodeWhole } from '#pki/asn1/decode-whole';
import {
  extensionRequest,
  id_contentType,
  id_messageDigest,
  id_signingTime,
  sMIMECapabilities,
  szOID_ARCHIVED_KEY_ATTR,
  szOID_ARCHIVED_KEY_CERT_HASH,
  szOID_CERT_EXTENSIONS,
  szOID_ENCRYPTED_KEY_HASH,
  szOID_ENROLLMENT_CSP_PROVIDER,
  szOID_ENROLLMENT_NAME_VALUE_PAIR,
  szOID_ISSUED_CERT_HASH,
  szOID_OS_VERSION,
  szOID_RENEWAL_CERTIFICATE,
  szOID_REQUEST_CLIENT_INFO,
} from '#pki/asn1/oid-table';
import { type CspProvider, decodeCspProvider } from '#pki/cmc/enrollment-csp-provider';
import { decodeNameValuePair } from '#pki/cmc/enrollment-name-value-pair';
import type { NameValuePair } from '#pki/cmc/name-value-pairs';
import { decodeOsVersion } from '#pki/cmc/os-version';
import { decodeRenewalCertificate } from '#pki/cmc/renewal-certificate';
import { CLIENT_IDS, decodeRequestClientInfo, type RequestClientInfo } from '#pki/cmc/request-client-info';
import { decodeEnvelopedData, type EnvelopedData } from '#pki/cms/enveloped-data';
import type { Certificate } from '#pki/x509/certificate';
import { type Extension, readExtensions } from '#pki/x509/extension';
import { decodeSmimeCapabilities } from '#pki/x509/extensions/smime-capabilities';
import { formatDate } from '../../io/date.ts';
import type { Json } from '../../io/verb.ts';
import { printCertificate } from './certificate.ts';
import type { ValueDecoder } from './decoded-value.ts';
import { printEnvelopedData } from './enveloped-data.ts';
import { smimeCapabilitiesLines } from './extension-text.ts';
import { extensionValues, printExtensions } from './extensions.ts';
import { jsonValue } from './json-value.ts';
import { spacedHex } from './octets.ts';
import { oidName, oidText } from './oid-text.ts';
import type { Page } from './page.ts';

export interface AttributeValuePrinter {
  /** CryptFormatObject formats it, so that the line `Unknown Attribute type` does not stand above it. */
  readonly isKnownToWindows: boolean;
  readonly decode: ValueDecoder;
}

export function attributeValuePrinter(attrType: string): AttributeValuePrinter | undefined {
  return PRINTERS.get(attrType);
}

function row<T>(
  attrType: string,
  decode: (der: Uint8Array) => T,
  print: (page: Page, value: T, der: Uint8Array) => Promise<Json | undefined>,
  { isKnownToWindows = false } = {},
): readonly [attrType: string, printer: AttributeValuePrinter] {
  const bound = (der: Uint8Array) => {
    const value = decode(der);
    return (page: Page) => print(page, value, der);
  };
  return [attrType, { isKnownToWindows, decode: bound }];
}

function hashRow(attrType: string, label: string): readonly [attrType: string, printer: AttributeValuePrinter] {
  const decode = (der: Uint8Array) => decodeWhole(der, (reader) => reader.octetString());
  return row(attrType, decode, async (page, value) => {
    page.line(`    ${label}:`);
    page.line(`        ${spacedHex(value)}`);
    return jsonValue(value);
  });
}

const decodeExtensions = (der: Uint8Array) => decodeWhole(der, readExtensions);

const PRINTERS: ReadonlyMap<string, AttributeValuePrinter> = new Map([
  row(id_contentType, (der) => decodeWhole(der, (reader) => reader.oid()), printContentType),
  row(id_signingTime, (der) => decodeWhole(der, (reader) => reader.time()), printSigningTime),
  row(sMIMECapabilities, decodeSmimeCapabilities, printCapabilities),
  row(extensionRequest, decodeExtensions, printRequestedExtensions),
  row(szOID_CERT_EXTENSIONS, decodeExtensions, printRequestedExtensions),
  row(szOID_OS_VERSION, decodeOsVersion, printOsVersion, { isKnownToWindows: true }),
  row(szOID_ENROLLMENT_NAME_VALUE_PAIR, decodeNameValuePair, printNameValuePair, { isKnownToWindows: true }),
  row(szOID_REQUEST_CLIENT_INFO, decodeRequestClientInfo, printClientInfo),
  row(szOID_ENROLLMENT_CSP_PROVIDER, decodeCspProvider, printCspProvider),
  row(szOID_ARCHIVED_KEY_ATTR, decodeEnvelopedData, printArchivedKey),
  row(szOID_RENEWAL_CERTIFICATE, decodeRenewalCertificate, printRenewalCertificate),
  hashRow(id_messageDigest, 'Message Digest'),
  hashRow(szOID_ENCRYPTED_KEY_HASH, 'Encrypted Key Hash'),
  hashRow(szOID_ISSUED_CERT_HASH, 'Issued Certificate Hash'),
  hashRow(szOID_ARCHIVED_KEY_CERT_HASH, 'Archived Key Certificate Hash'),
]);

async function printRequestedExtensions(page: Page, extensions: readonly Extension[]): Promise<Json> {
  await printExtensions(page, 'Certificate Extensions', extensions);
  return extensionValues(extensions);
}

async function printCapabilities(
  page: Page,
  capabilities: ReturnType<typeof decodeSmimeCapabilities>,
): Promise<Json | undefined> {
  page.lines(smimeCapabilitiesLines(capabilities), '        ');
  return jsonValue(capabilities);
}

async function printContentType(page: Page, contentType: string): Promise<Json> {
  page.line(`    ${oidText(contentType)}`);
  return { contentType, name: oidName(contentType) };
}

async function printSigningTime(page: Page, time: Date): Promise<Json> {
  page.line(`    Signing Time: ${formatDate(time, page.style)}`);
  return time.toISOString();
}

async function printOsVersion(page: Page, version: string): Promise<Json> {
  page.line(`        ${version}`);
  return version;
}

async function printNameValuePair(page: Page, [name, value]: NameValuePair): Promise<Json> {
  page.line(`        ${name}=${value}`);
  return { name, value };
}

async function printClientInfo(page: Page, info: RequestClientInfo): Promise<Json | undefined> {
  const { clientId } = info;
  page.line(`    Client Id: = ${clientId}`);
  const row = CLIENT_IDS.find(([id]) => id === clientId);
  if (row)
    page.line(`    ${row[2] ?? row[1]} -- ${clientId < 10 ? clientId : `${clientId.toString(16)} (${clientId})`}`);
  page.line(`    User: ${info.userName}`);
  page.line(`    Machine: ${info.machineName}`);
  page.line(`    Process: ${info.processName}`);
  return jsonValue(info);
}

async function printCspProvider(page: Page, { keySpec, cspName, signature }: CspProvider): Promise<Json | undefined> {
  page.line('    CSP Provider Info');
  page.line(`    KeySpec = ${keySpec}`);
  page.line(`    Provider = ${cspName}`);
  page.line(`    Signature: UnusedBits=${signature.unusedBits}`);
  page.dump(signature.bytes);
  return { keySpec, cspName, signature: jsonValue(signature.bytes) };
}

async function printArchivedKey(page: Page, envelopedData: EnvelopedData, der: Uint8Array): Promise<Json> {
  return page.nested(async () => {
    await page.split(der, 'p7b');
    return printEnvelopedData(page, envelopedData);
  });
}

async function printRenewalCertificate(page: Page, certificate: Certificate, der: Uint8Array): Promise<Json> {
  page.line('Renewal Certificate:');
  return page.nested(async () => {
    await page.split(der, 'crt');
    return printCertificate(page, certificate);
  });
}
