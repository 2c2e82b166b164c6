/** What an enterprise CA puts into the directory: its certificate, its list of templates, its place for KRA certificates. MS-WCCE 2.2.2.11. */
import { HresultError, hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import type { Authority } from '../authority.ts';
import type { NewCa } from '../config/registry-values.ts';
import { sanitizeShortName } from '../config/sanitized-name.ts';
import type { Directory } from '../ports.ts';
import { DEFAULT_PUBLISHED_TEMPLATES } from '../template/built-in.ts';
import {
  aiaContainer,
  certificationAuthoritiesContainer,
  enrollmentService,
  kraContainer,
  ntAuthCertificates,
} from '../template/templates-in-directory.ts';
import type { UndoList } from './undo-list.ts';

/** pKIEnrollmentService flags: an enterprise CA that knows version 2 templates. */
const PKI_ENROLLMENT_SERVICE_FLAGS = '10';

/**
 * True where the directory has this very CA, which comes to another server. Throws ERROR_ALREADY_EXISTS where it has another of
 * the same name: names are unique in it.
 */
export async function isKnownAuthority(
  directory: Directory,
  commonName: string,
  certificate: Uint8Array | undefined,
): Promise<boolean> {
  const service = await directory.object(enrollmentService(directory, sanitizeShortName(commonName)));
  if (service === undefined) return false;
  const known = service.attributes.get('cACertificate') ?? [];
  if (certificate && known.some((value) => typeof value !== 'string' && isSameBytes(value, certificate))) return true;
  throw hresult('ERROR_ALREADY_EXISTS', `The directory has a certification authority ${commonName}.`, {
    hint: 'install it with the certificate it has there (--cert-file), or give the new one another name',
  });
}

/** Clients find the CA at its new server; all else that the directory has of it stays. */
export async function moveAuthority(
  directory: Directory,
  { commonName, serverName }: NewCa,
  undo: UndoList,
): Promise<void> {
  const dn = enrollmentService(directory, sanitizeShortName(commonName));
  const before = (await directory.object(dn))?.attributes.get('dNSHostName') ?? [];
  undo.push(() => directory.put(dn, new Map([['dNSHostName', before]])));
  await directory.put(dn, new Map([['dNSHostName', [serverName]]]));
}

/**
 * What a CA of this name left in the directory when it was uninstalled stays beside it: older certificates, key recovery
 * agents. `undo` takes back no more than what was written.
 */
export async function publishAuthority(
  directory: Directory,
  ca: NewCa,
  certificate: Uint8Array,
  undo: UndoList,
): Promise<void> {
  const shortName = sanitizeShortName(ca.commonName);
  const named = (objectClass: string, more: readonly (readonly [string, readonly (string | Uint8Array)[]])[] = []) =>
    new Map<string, readonly (string | Uint8Array)[]>([
      ['objectClass', ['top', objectClass]],
      ['cn', [shortName]],
      ...more,
    ]);
  const caCertificate = [['cACertificate', [certificate]]] as const;
  const objects: readonly (readonly [string, ReturnType<typeof named>])[] = [
    [certificationAuthoritiesContainer(directory, shortName), named('certificationAuthority', caCertificate)],
    [aiaContainer(directory, shortName), named('certificationAuthority', caCertificate)],
    [kraContainer(directory, shortName), named('msPKI-PrivateKeyRecoveryAgent')],
    [
      enrollmentService(directory, shortName),
      named('pKIEnrollmentService', [
        ...caCertificate,
        ['displayName', [ca.commonName]],
        ['dNSHostName', [ca.serverName]],
        ['certificateTemplates', DEFAULT_PUBLISHED_TEMPLATES],
        ['flags', [PKI_ENROLLMENT_SERVICE_FLAGS]],
      ]),
    ],
  ];
  await addCertificate(directory, ntAuthCertificates(directory), certificate, undo);
  // Clients find a CA by its enrollment service: it comes last.
  for (const [distinguishedName, attributes] of objects) {
    if (await directory.object(distinguishedName)) {
      if (attributes.has('cACertificate')) await addCertificate(directory, distinguishedName, certificate, undo);
    } else {
      undo.push(() => removeObject(directory, distinguishedName));
      await directory.put(distinguishedName, attributes);
    }
  }
}

async function addCertificate(
  directory: Directory,
  distinguishedName: string,
  certificate: Uint8Array,
  undo: UndoList,
): Promise<void> {
  const isThis = (value: string | Uint8Array) => typeof value !== 'string' && isSameBytes(value, certificate);
  const certificates = async () => (await directory.object(distinguishedName))?.attributes.get('cACertificate') ?? [];
  if ((await certificates()).some(isThis)) return;
  undo.push(async () => {
    const now = await certificates();
    const others = now.filter((value) => !isThis(value));
    if (others.length < now.length) await directory.put(distinguishedName, new Map([['cACertificate', others]]));
  });
  await directory.addValues(distinguishedName, 'cACertificate', [certificate]);
}

async function removeObject(directory: Directory, distinguishedName: string): Promise<void> {
  if (await directory.object(distinguishedName)) await directory.remove(distinguishedName);
}

/**
 * A CA that came to another server, and whose CAServerName says so, tells the directory: clients find it by its enrollment
 * service. Where the directory takes no change now, the next start tries again.
 */
export async function publishServerName(authority: Authority): Promise<void> {
  const { enterprise, commonName, serverName, ports } = authority;
  if (!enterprise) return;
  const { directory } = ports;
  const service = enrollmentService(directory, sanitizeShortName(commonName));
  try {
    const known = (await directory.object(service))?.attributes.get('dNSHostName')?.[0];
    if (known === undefined || known === serverName) return;
    await directory.put(service, new Map([['dNSHostName', [serverName]]]));
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
  }
}
