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
  const faults = await faultsOf([
    async () => {
      if (authority.enterprise) await publishToDirectory(authority);
    },
    () => publishCaCertificate(authority, account),
  ]);
  for (const fault of faults) {
    const { thumbprint } = authority.certificates.at(-1)!;
    await authority.unfinished.tell(
      authority,
      applicationEvent(clock.now(), 80, thumbprint, account, statusText(fault)),
    );
  }
  // Event 130 tells of a CRL that was not made.
  faults.push(...(await faultsOf([() => publishBaseCrl(authority, account)])));
  if (faults.length > 0) return;
  await faultsOf([() => database.commit([{ remove: 'Registry', path: '', name: UNPUBLISHED }])]);
}

/** Each is done, whatever the others end with. */
async function faultsOf(works: readonly (() => Promise<void>)[]): Promise<HresultError[]> {
  const faults: HresultError[] = [];
  for (const work of works) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      faults.push(error);
    }
  }
  return faults;
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
