import type { Directory, DirectoryObject } from '#ca/ports';
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import type { CryptoEngine } from '#pki/crypto/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { decodeCertificateList } from '#pki/x509/certificate-list';
import { formatName } from '#pki/x509/name-text';
import { orUndefined } from '#pki/x509/readable-extension';
import { formatSerial } from '#pki/x509/serial-number';
import { type DateStyle, formatDate } from '../io/date.ts';
import { hexDump } from '../io/hex-dump.ts';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { dateStyle } from './text/date-style.ts';

/**
 * `certutil -DS [CN]`: the objects of Public Key Services with their certificates and hashes, in a layout of ours; -v shows
 * their other attributes too. A distinguished name is taken for the one object it names. Document 004 lists the hashes of key recovery agents so.
 */
export async function run({ args, options, out, directory: open, engine }: CertutilContext): Promise<Json> {
  const directory = await open();
  const wanted = args[0]?.toLowerCase();
  const found: Json[] = [];
  for await (const object of objectsBelow(
    directory,
    `CN=Public Key Services,CN=Services,${directory.configurationDN}`,
  )) {
    if (wanted !== undefined && !isNamed(object, wanted)) continue;
    if (found.length > 0) out();
    const context = { engine: await engine(), style: dateStyle(options) };
    const { lines, certificates } = await certificatesOf(object, context);
    out(object.distinguishedName);
    for (const line of lines) out(line);
    if (options.has('v')) for (const line of otherAttributes(object)) out(line);
    found.push({ distinguishedName: object.distinguishedName, certificates });
  }
  if (found.length === 0)
    throw hresult('ERROR_DS_OBJ_NOT_FOUND', `Public Key Services has no object ${args[0] ?? ''}.`, {
      hint: 'certutil -DS lists them',
    });
  return found;
}

async function* objectsBelow(directory: Directory, container: string): AsyncGenerator<DirectoryObject> {
  const byName = (a: DirectoryObject, b: DirectoryObject) => (a.distinguishedName < b.distinguishedName ? -1 : 1);
  for (const object of [...(await directory.children(container))].sort(byName)) {
    yield object;
    yield* objectsBelow(directory, object.distinguishedName);
  }
}

function isNamed(object: DirectoryObject, wanted: string): boolean {
  const { distinguishedName } = object;
  return [commonNameOf(object), `cn=${commonNameOf(object)}`, distinguishedName].some(
    (name) => name.toLowerCase() === wanted,
  );
}

function commonNameOf({ attributes }: DirectoryObject): string {
  const [name] = attributes.get('cn') ?? [];
  return typeof name === 'string' ? name : '';
}

const CERTIFICATE_ATTRIBUTES = ['cACertificate', 'userCertificate'] as const;
const CRL_ATTRIBUTES = ['certificateRevocationList', 'deltaRevocationList', 'authorityRevocationList'] as const;

async function certificatesOf(
  { attributes }: DirectoryObject,
  { engine, style }: { readonly engine: CryptoEngine; readonly style: DateStyle },
): Promise<{ readonly lines: string[]; readonly certificates: Json[] }> {
  const lines: string[] = [];
  const certificates: Json[] = [];
  for (const attribute of CERTIFICATE_ATTRIBUTES) {
    for (const [index, value] of (attributes.get(attribute) ?? []).entries()) {
      if (!(value instanceof Uint8Array)) continue;
      const thumbprint = formatHex(await engine.digest('sha1', value));
      const read = orUndefined(() => decodeCertificate(value))?.tbsCertificate;
      lines.push(`  ${attribute}[${index}]:`);
      if (read) {
        lines.push(
          `    Serial Number: ${formatSerial(read.serialNumber)}`,
          `    Issuer: ${formatName(read.issuer)}`,
          `    NotBefore: ${formatDate(read.validity.notBefore, style)}`,
          `    NotAfter: ${formatDate(read.validity.notAfter, style)}`,
          `    Subject: ${formatName(read.subject)}`,
        );
      }
      lines.push(`    Cert Hash(sha1): ${thumbprint}`);
      certificates.push({
        attribute,
        thumbprint,
        serialNumber: read && formatSerial(read.serialNumber),
        subject: read && formatName(read.subject),
      });
    }
  }
  for (const attribute of CRL_ATTRIBUTES) {
    for (const [index, value] of (attributes.get(attribute) ?? []).entries()) {
      const read = value instanceof Uint8Array ? orUndefined(() => decodeCertificateList(value)) : undefined;
      if (read === undefined) continue;
      const { thisUpdate, nextUpdate } = read.tbsCertList;
      lines.push(`  ${attribute}[${index}]:`, `    ThisUpdate: ${formatDate(thisUpdate, style)}`);
      if (nextUpdate) lines.push(`    NextUpdate: ${formatDate(nextUpdate, style)}`);
    }
  }
  return { lines, certificates };
}

function otherAttributes({ attributes }: DirectoryObject): string[] {
  const shown: ReadonlySet<string> = new Set([...CERTIFICATE_ATTRIBUTES, ...CRL_ATTRIBUTES]);
  return [...attributes]
    .filter(([name]) => !shown.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, values]) => values.flatMap((value) => attributeLines(name, value)));
}

function attributeLines(name: string, value: string | Uint8Array): string[] {
  if (typeof value === 'string') return [`  ${name} = "${value}"`];
  return [`  ${name} =`, ...hexDump(value, { address: true, ascii: true }).map((line) => `    ${line}`)];
}
