/** The default exit module: what is issued goes to directory and KRA store where its template says so. MS-WCCE 3.2.2.1.4, 3.2.2.1.5. */
import { HresultError } from '#hresult/hresult-error';
import type { Certificate } from '#pki/x509/certificate';
import { encodeCertificatePair } from '#pki/x509/certificate-pair';
import { commonName } from '#pki/x509/name';
import { formatName } from '#pki/x509/name-text';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import type { Authority, Caller } from '../authority.ts';
import { sanitizeShortName } from '../config/sanitized-name.ts';
import { isCaTemplate, isCrossCaTemplate } from '../policy/subordination.ts';
import type { CaDatabase, Directory } from '../ports.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { enrollmentFlag, hasFlag } from '../template/flags.ts';
import { aiaContainer, kraContainer } from '../template/templates-in-directory.ts';
import { addToAuthorityObject } from './authority-object.ts';

export interface Publication {
  readonly template: CertificateTemplate;
  readonly requester: Caller;
}

/** The certificate goes elsewhere than to the database. */
export function isPublished({ enrollmentFlags }: CertificateTemplate): boolean {
  return goesToKraContainer(enrollmentFlags) || goesToDirectory(enrollmentFlags);
}

/** The certificate is issued whether or not the directory takes it: event 46 tells that it did not, as soon as it can. */
export async function publishIssued(
  authority: Authority,
  { template, requester }: Publication,
  certificate: Certificate,
): Promise<void> {
  const { clock } = authority.ports;
  try {
    await publishToDirectory(authority, template, requester, certificate);
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    const event = applicationEvent(clock.now(), 46, 'Windows default', 'Notify', statusText(error));
    await authority.unfinished.tell(authority, event);
  }
}

/** Once it is published. A signing that stays because the disk is full is published again by the next start, which adds nothing. */
export async function forgetSigning(database: CaDatabase, requestId: number): Promise<void> {
  try {
    await database.commit([{ delete: 'Signings', RequestID: requestId }]);
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
  }
}

async function publishToDirectory(
  { commonName: ownName, ports: { directory, stores } }: Authority,
  template: CertificateTemplate,
  requester: Caller,
  certificate: Certificate,
): Promise<void> {
  const { enrollmentFlags } = template;
  if (goesToKraContainer(enrollmentFlags)) {
    // Document 004: it goes to the CA's own KRA store as well, where -getkey looks for it.
    await stores.add('KRA', certificate.raw);
    const container = kraContainer(directory, sanitizeShortName(ownName));
    await directory.addValues(container, 'userCertificate', [certificate.raw]);
  }
  if (!goesToDirectory(enrollmentFlags)) return;
  if (isCrossCaTemplate(template)) await publishCrossCertificate(directory, certificate);
  // Another CA's certificate is none of the person who asked for it.
  if (!isCaTemplate(template)) {
    await directory.addValues(requester.object.distinguishedName, 'userCertificate', [certificate.raw]);
  }
}

/** To the entry of the CA it was issued to, by that CA's common name: where certutil -dsPublish CrossCA puts it. */
async function publishCrossCertificate(directory: Directory, certificate: Certificate): Promise<void> {
  const { subject } = certificate.tbsCertificate;
  const cn = sanitizeShortName(commonName(subject) ?? formatName(subject));
  const pair = encodeCertificatePair({ forward: certificate.raw });
  await addToAuthorityObject(directory, { place: aiaContainer(directory, cn), cn }, 'crossCertificatePair', pair);
}

function goesToKraContainer(enrollmentFlags: number): boolean {
  return hasFlag(enrollmentFlags, enrollmentFlag('CT_FLAG_PUBLISH_TO_KRA_CONTAINER'));
}

function goesToDirectory(enrollmentFlags: number): boolean {
  return hasFlag(enrollmentFlags, enrollmentFlag('CT_FLAG_PUBLISH_TO_DS'));
}
