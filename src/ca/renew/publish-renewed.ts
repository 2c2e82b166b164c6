/** After a renewal: the CA's certificates to the directory and to the places of CACertPublicationURLs, CRLs of all its keys. */
import { HresultError } from '#hresult/hresult-error';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import { type Authority, configString } from '../authority.ts';
import { sanitizeShortName } from '../config/sanitized-name.ts';
import { publishBaseCrl } from '../crl/publish-crl.ts';
import { publishCaCertificate } from '../publish/publish-ca-certificate.ts';
import {
  aiaContainer,
  certificationAuthoritiesContainer,
  enrollmentService,
  ntAuthCertificates,
} from '../template/templates-in-directory.ts';
import { UNPUBLISHED } from './complete-renewal.ts';

/**
 * Once all of it is done it is not done again; what fails is told by events 80 and 130, keeps no CA from starting, and is
 * tried again at the next start.
 */
export async function publishRenewed(authority: Authority): Promise<void> {
  if (authority.started.dword(UNPUBLISHED) !== 1) return;
  const { clock, database } = authority.ports;
  const account = configString(authority);
  const newest = authority.certificates.at(-1)!;
  try {
    if (authority.enterprise) await publishToDirectory(authority);
    await publishCaCertificate(authority, account);
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    const event = applicationEvent(clock.now(), 80, newest.thumbprint, account, statusText(error));
    await authority.unfinished.tell(authority, event);
    return;
  }
  try {
    await publishBaseCrl(authority, account);
    await database.commit([{ remove: 'Registry', path: '', name: UNPUBLISHED }]);
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
  }
}

/** MS-WCCE 2.2.2.11: the enrollment service names the certificate that signs today, the other two all there were. */
async function publishToDirectory({
  certificates,
  commonName,
  current,
  ports: { directory },
}: Authority): Promise<void> {
  const shortName = sanitizeShortName(commonName);
  const all = certificates.map(({ certificate }) => certificate.raw);
  for (const objectOf of [certificationAuthoritiesContainer, aiaContainer])
    await directory.addValues(objectOf(directory, shortName), 'cACertificate', all);
  await directory.addValues(ntAuthCertificates(directory), 'cACertificate', [current.certificate.raw]);
  await directory.put(enrollmentService(directory, shortName), new Map([['cACertificate', [current.certificate.raw]]]));
}
