/** What an enterprise CA puts into the directory: its certificate, its list of templates, its place for KRA certificates. MS-WCCE 2.2.2.11. */
import type { NewCa } from '../config/registry-values.ts';
import { sanitizeShortName } from '../config/sanitized-name.ts';
import type { Directory } from '../ports.ts';
import { DEFAULT_PUBLISHED_TEMPLATES } from '../template/built-in.ts';
import {
  aiaContainer,
  certificationAuthoritiesContainer,
  enrollmentService,
  kraContainer,
} from '../template/templates-in-directory.ts';

/** pKIEnrollmentService flags: an enterprise CA that knows version 2 templates. */
const PKI_ENROLLMENT_SERVICE_FLAGS = '10';

export async function publishAuthority(directory: Directory, ca: NewCa, certificate: Uint8Array): Promise<void> {
  const shortName = sanitizeShortName(ca.commonName);
  const named = (objectClass: string, more: readonly (readonly [string, readonly (string | Uint8Array)[]])[] = []) =>
    new Map<string, readonly (string | Uint8Array)[]>([
      ['objectClass', ['top', objectClass]],
      ['cn', [shortName]],
      ...more,
    ]);
  const caCertificate = [['cACertificate', [certificate]]] as const;
  await directory.put(
    certificationAuthoritiesContainer(directory, shortName),
    named('certificationAuthority', caCertificate),
  );
  await directory.put(aiaContainer(directory, shortName), named('certificationAuthority', caCertificate));
  await directory.put(kraContainer(directory, shortName), named('msPKI-PrivateKeyRecoveryAgent'));
  await directory.put(
    enrollmentService(directory, shortName),
    named('pKIEnrollmentService', [
      ...caCertificate,
      ['displayName', [ca.commonName]],
      ['dNSHostName', [ca.serverName]],
      ['certificateTemplates', DEFAULT_PUBLISHED_TEMPLATES],
      ['flags', [PKI_ENROLLMENT_SERVICE_FLAGS]],
    ]),
  );
}
