/**
 * What -store, -exportPFX, -repairstore and -verifystore print of the entries of a store, in the form of Windows Server
 * 2019. Lines follow published transcripts; where those are silent the text is ours and says so.
 */
import type { CertificateStore, StoreEntry } from '#certstore/ports/certificate-store';
import { HresultError } from '#hresult/hresult-error';
import {
  szOID_CERTIFICATE_TEMPLATE,
  szOID_CERTSRV_CA_VERSION,
  szOID_ENROLL_CERTTYPE_EXTENSION,
} from '#pki/asn1/oid-table';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { KeyProviders } from '#pki/crypto/key-provider';
import { type Certificate, isSelfIssued, isSignedBy } from '#pki/x509/certificate';
import { decodeCaVersion } from '#pki/x509/extensions/ca-version';
import { decodeCertificateTemplate } from '#pki/x509/extensions/certificate-template';
import { decodeCertificateTemplateName } from '#pki/x509/extensions/certificate-template-name';
import { isEmptyName, type Name } from '#pki/x509/name';
import { formatName } from '#pki/x509/name-text';
import { readableExtension } from '#pki/x509/readable-extension';
import { formatSerial } from '#pki/x509/serial-number';
import { type DateStyle, formatDate } from '../../io/date.ts';
import type { TemplateLabel } from '../template/lookup.ts';
import { keyLines } from './key-listing.ts';

export interface StoreListingPorts {
  readonly engine: CryptoEngine;
  /** The providers of the machine's or the user's key set. */
  keyProviders(machineKeyset: boolean): Promise<KeyProviders>;
  /** cn and display name of the template with this cn or OID; undefined where the directory knows none. */
  template?(nameOrOid: string): Promise<TemplateLabel | undefined>;
}

export interface StoreListingStyle extends DateStyle {
  /** The store's name as it was typed. */
  readonly storeToken?: string;
}

export async function storeListing(
  store: CertificateStore,
  entries: readonly StoreEntry[],
  ports: StoreListingPorts,
  style: StoreListingStyle = {},
): Promise<string[]> {
  const lines = [storeHeading(store, style.storeToken)];
  for (const [i, entry] of entries.entries()) {
    if (i > 0) lines.push('');
    lines.push(...(await entryLines(entry, ports, style)));
  }
  return lines;
}

/** `my "Personal"`: as typed, then the name certmgr shows, where there is one. */
export function storeHeading(store: CertificateStore, storeToken = store.name): string {
  return store.displayName === store.name ? storeToken : `${storeToken} "${store.displayName}"`;
}

/** A certificate with its place in its store and its key. That it is archived is told in a word of which we assume that it is certutil's. */
export async function entryLines(entry: StoreEntry, ports: StoreListingPorts, style: DateStyle): Promise<string[]> {
  return [
    `================ Certificate ${entry.index} ================`,
    ...(entry.properties.archived ? ['Archived!'] : []),
    ...(await certificateLines(entry.certificate, entry.thumbprint, ports, style)),
    ...(await keyLines(entry, ports)),
  ];
}

/** A certificate without its place in a store and without its key. `thumbprint` is its SHA-1 in hexadecimal. */
export async function certificateLines(
  certificate: Certificate,
  thumbprint: string,
  ports: Pick<StoreListingPorts, 'engine' | 'template'>,
  style: DateStyle = {},
): Promise<string[]> {
  const { serialNumber, issuer, validity, subject } = certificate.tbsCertificate;
  const { typeLine, templateLine } = await templateLines(certificate, ports);
  return [
    `Serial Number: ${formatSerial(serialNumber)}`,
    `Issuer: ${nameText(issuer)}`,
    ` NotBefore: ${formatDate(validity.notBefore, style)}`,
    ` NotAfter: ${formatDate(validity.notAfter, style)}`,
    `Subject: ${nameText(subject)}`,
    ...typeLine,
    ...caVersionLine(certificate),
    ...(await rootLines(certificate, ports.engine)),
    ...templateLine,
    `Cert Hash(sha1): ${thumbprint}`,
  ];
}

function nameText(name: Name): string {
  return isEmptyName(name) ? 'EMPTY' : formatName(name);
}

async function templateLines(
  certificate: Certificate,
  ports: Pick<StoreListingPorts, 'template'>,
): Promise<{ readonly typeLine: string[]; readonly templateLine: string[] }> {
  const { extensions } = certificate.tbsCertificate;
  const name = readableExtension(extensions, szOID_ENROLL_CERTTYPE_EXTENSION, decodeCertificateTemplateName);
  const oid = readableExtension(extensions, szOID_CERTIFICATE_TEMPLATE, decodeCertificateTemplate)?.templateID;
  const typeLine = name === undefined ? [] : [`Certificate Template Name (Certificate Type): ${name}`];
  const key = oid ?? name;
  if (key === undefined) return { typeLine, templateLine: [] };
  const found = await ports.template?.(key);
  const text = !found ? key : found.cn === found.displayName ? found.cn : `${found.cn}, ${found.displayName}`;
  return { typeLine, templateLine: [`Template: ${text}`] };
}

function caVersionLine(certificate: Certificate): string[] {
  const version = readableExtension(certificate.tbsCertificate.extensions, szOID_CERTSRV_CA_VERSION, decodeCaVersion);
  return version ? [`CA Version: V${version.certIndex}.${version.keyIndex}`] : [];
}

/** Of a root whose signature does not verify, or cannot be tried, only the names are told. */
async function rootLines(certificate: Certificate, engine: CryptoEngine): Promise<string[]> {
  if (!isSelfIssued(certificate)) return ['Non-root Certificate'];
  const matches = await hasOwnSignature(certificate, engine);
  return [...(matches ? ['Signature matches Public Key'] : []), 'Root Certificate: Subject matches Issuer'];
}

async function hasOwnSignature(certificate: Certificate, engine: CryptoEngine): Promise<boolean> {
  try {
    return await isSignedBy(certificate, certificate.tbsCertificate.subjectPublicKeyInfo, engine);
  } catch (error) {
    if (error instanceof HresultError) return false;
    throw error;
  }
}
