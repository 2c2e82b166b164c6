/**
 * What a crash left between record and signature: the same bytes are signed again, which is the same certificate, and
 * recorded. So no serial number and no archived key is lost, whenever the process died. What it left between signature and
 * directory is published.
 */
import { HresultError } from '#hresult/hresult-error';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import type { AuditContext } from '../audit/audit.ts';
import { type Authority, configString } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import { recordedCertificate } from '../issue/certificate-row.ts';
import { finishSigning } from '../issue/issue.ts';
import { forgetSigning, type Publication, publishIssued } from '../publish/publish-issued.ts';
import { DB_DISP } from '../schema/dispositions.ts';
import type { RequestRow } from '../schema/requests.ts';
import { findTemplate } from '../template/matching.ts';
import { constructionFault } from './construction-fault.ts';
import { issued } from './issued.ts';
import { issuedMessage } from './resubmitted-message.ts';

/** One that fails again is told in its row and stops neither the others nor the start. `requestIds`: these alone. */
export async function finishSignings(authority: Authority, requestIds?: ReadonlySet<number>): Promise<void> {
  const { clock, database } = authority.ports;
  for (const signing of await database.signings()) {
    if (requestIds?.has(signing.RequestID) === false) continue;
    const row = await database.request(signing.RequestID);
    if (row?.Disposition === DB_DISP.ISSUED) await publishRecorded(authority, row);
    // One that failed before is a certificate manager's to resubmit.
    if (row?.Disposition !== DB_DISP.ACTIVE) continue;
    const context: AuditContext = {
      time: clock.now(),
      subject: configString(authority),
      configuration: await readConfiguration(database),
    };
    const request = {
      requestId: signing.RequestID,
      requesterName: row.RequesterName ?? '',
      requestAttributes: row.RequestAttributes ?? '',
    };
    try {
      const outcome = { ...request, message: issuedMessage(row), resolvedWhen: context.time };
      const certificate = await finishSigning(authority, signing, {
        after: (made) => issued(context, outcome, made),
        isPublished: true,
      });
      await publish(authority, row, certificate);
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      const faulted = { ...request, subject: row.DistinguishedName ?? '' };
      await database.commit(constructionFault(context, faulted, error));
    }
  }
}

/** Throws nothing that is the row's own: a damaged one is told of when somebody asks for it. */
async function publishRecorded(authority: Authority, row: RequestRow): Promise<void> {
  const { database, engine } = authority.ports;
  try {
    const raw = await recordedCertificate(await database.certificate(row.RequestID!), engine);
    if (raw) await publish(authority, row, decodeCertificate(raw));
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
  }
}

/** Whatever the crash kept from the directory; a requester or template that is gone since has no place there. */
async function publish(authority: Authority, row: RequestRow, certificate: Certificate): Promise<void> {
  const publication = await publicationOf(authority, row);
  if (publication) await publishIssued(authority, publication, certificate);
  await forgetSigning(authority.ports.database, row.RequestID!);
}

async function publicationOf(authority: Authority, row: RequestRow): Promise<Publication | undefined> {
  const { database, directory } = authority.ports;
  if (!authority.enterprise || !row.RawRequest || !row.RequesterName) return undefined;
  const stored = (await database.certificate(row.RequestID!))?.CertificateTemplate;
  const template = stored ? findTemplate((await authority.templates.read()).templates, stored) : undefined;
  const [requester] = await directory.findPrincipals(row.RequesterName);
  return template && requester && { template, requester };
}
