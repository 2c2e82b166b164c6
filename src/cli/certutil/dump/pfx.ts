import { CRYPT_MACHINE_KEYSET } from '#certstore/ports/certificate-store';
import { HresultError } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { type PrivateKey, wipe } from '#pki/crypto/engine';
import { keySpecInFile, keySpecOfUsage } from '#pki/keyblob/key-usage-attribute';
import { openPfx } from '#pki/pkcs12/open';
import { type PairedPfx, pairKeys } from '#pki/pkcs12/pair-keys';
import type { PfxCertificate, PfxKey } from '#pki/pkcs12/pfx-contents';
import { decodeCertificate } from '#pki/x509/certificate';
import { decodeCertificateList } from '#pki/x509/certificate-list';
import type { Json } from '../../io/verb.ts';
import { NO_KEY, testLine } from '../store/key-listing.ts';
import { filePropertyLines } from '../store/property-lines.ts';
import { printCertificateElement } from './certificate.ts';
import { printCertificateListElement } from './certificate-list.ts';
import type { Page } from './page.ts';
import { printPfxStructure } from './pfx-structure.ts';
import { printPrivateKey } from './private-key.ts';

/** The certificates of a PFX, each with what is known of its key, in the layout of published transcripts. Throws as openPfx. */
export async function printPfx(page: Page, bytes: Uint8Array, password: string): Promise<Json> {
  const contents = await openPfx(bytes, password, page.engine);
  try {
    const structure = printPfxStructure(page, bytes);
    const rows = rowsOf(pairKeys(contents));
    const certificates: Json[] = [];
    for (const [i, row] of rows.entries()) {
      if (i > 0) page.line();
      certificates.push(await printRow(page, row, i));
    }
    const crls: Json[] = [];
    for (const [i, der] of contents.crls.entries()) crls.push(await printCrl(page, der, i));
    return { type: 'pfx', structure, certificates, crls };
  } finally {
    wipe(...contents.keys.map(({ pkcs8 }) => pkcs8));
  }
}

interface Row {
  readonly certificate: PfxCertificate | undefined;
  readonly key: PfxKey | undefined;
}

/** Certificates with keys first, then the chain; a key alone has a row without a certificate. */
function rowsOf({ pairs, others }: PairedPfx): Row[] {
  return [
    ...pairs.flatMap(({ key, certificates }): Row[] =>
      certificates.length === 0
        ? [{ certificate: undefined, key }]
        : certificates.map((certificate) => ({ certificate, key })),
    ),
    ...others.map((certificate) => ({ certificate, key: undefined })),
  ];
}

async function printRow(page: Page, { certificate, key }: Row, index: number): Promise<Json> {
  page.line(`================ Certificate ${index} ================`);
  const value =
    certificate &&
    (await page.nested(() => printCertificateElement(page, decodeCertificate(certificate.certificate), index)));
  if (page.style.verbose) printProperties(page, key, certificate);
  return {
    certificate: value,
    friendlyName: certificate?.friendlyName,
    properties: propertiesValue(certificate?.properties),
    key: await printKey(page, key, certificate),
  };
}

function propertiesValue(properties: PfxCertificate['properties'] | undefined): Json | undefined {
  if (!properties?.size) return undefined;
  return Object.fromEntries([...properties].map(([id, bytes]) => [id, formatHex(bytes)]));
}

/** As -v -store prints those of an entry; the file does not say the provider's type. */
function printProperties(page: Page, key: PfxKey | undefined, certificate: PfxCertificate | undefined): void {
  const info = key && {
    container: key.friendlyName,
    provider: key.cspName,
    flags: key.machineKeyset ? CRYPT_MACHINE_KEYSET : 0,
    keySpec: keySpecInFile(key.keySpecBits),
  };
  const lines = filePropertyLines(certificate?.properties ?? new Map(), certificate?.friendlyName, info);
  if (lines.length > 0) page.line();
  for (const line of lines) page.line(line);
}

async function printKey(
  page: Page,
  key: PfxKey | undefined,
  certificate: PfxCertificate | undefined,
): Promise<Json | undefined> {
  if (!key) {
    page.lines(NO_KEY);
    return undefined;
  }
  if (key.friendlyName !== undefined) page.line(`  Key Container = ${key.friendlyName}`);
  if (key.cspName !== undefined) page.line(`  Provider = ${key.cspName}`);
  const test = certificate && (await keyTest(page, key, certificate));
  // The published transcripts have the provider and the test; what cannot be tested is at least told.
  const isWhole = page.style.verbose || page.style.showPrivateKey || test === undefined;
  const privateKey = printPrivateKey(isWhole ? page : page.muted(), key.pkcs8);
  if (test !== undefined) page.line(test);
  return {
    container: key.friendlyName,
    provider: key.cspName,
    machineKeyset: key.machineKeyset,
    keySpec: keySpecInFile(key.keySpecBits),
    localKeyId: key.localKeyId && formatHex(key.localKeyId),
    privateKey,
    test,
  };
}

/** Undefined for a key no engine takes. KeySpec follows from the use that Windows keeps with the key. */
async function keyTest(
  { engine }: Page,
  { pkcs8, keySpecBits }: PfxKey,
  { certificate }: PfxCertificate,
): Promise<string | undefined> {
  const keySpec = keySpecOfUsage(keySpecBits) ?? 0;
  let key: PrivateKey | undefined;
  try {
    key = await engine.importPrivateKey(pkcs8);
    return await testLine(decodeCertificate(certificate), { keySpec }, key, engine);
  } catch (error) {
    if (error instanceof HresultError) return undefined;
    throw error;
  } finally {
    key?.destroy();
  }
}

function printCrl(page: Page, der: Uint8Array, index: number): Promise<Json> {
  page.line();
  page.line(`================ CRL ${index} ================`);
  return page.nested(() => printCertificateListElement(page, decodeCertificateList(der), 0));
}
