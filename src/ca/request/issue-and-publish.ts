import type { Certificate } from '#pki/x509/certificate';
import type { Authority } from '../authority.ts';
import { issueCertificate } from '../issue/issue.ts';
import type { Decision } from '../policy/decision.ts';
import type { Write } from '../ports.ts';
import { forgetSigning, isPublished, publishIssued } from '../publish/publish-issued.ts';
import { issued } from './issued.ts';
import { formatAttributes, type Work } from './work.ts';

/** Signs what policy decided and writes the outcome. Throws what lint, key or database say. */
export async function issueAndPublish(
  authority: Authority,
  work: Work,
  decision: Extract<Decision, { action: 'issue' }>,
  before: readonly Write[],
  message: string,
): Promise<void> {
  const { remark } = decision.plan;
  const { template } = decision;
  const { requestId, requester } = work;
  const publishes = template !== undefined && isPublished(template);
  const certificate = await issueCertificate(authority, decision.plan, {
    requestId,
    before,
    isPublished: publishes,
    after: issuedWork(authority, work, remark === undefined ? message : `${message}  ${remark}`),
  });
  if (!publishes) return;
  await publishIssued(authority, { template, requester }, certificate);
  void forgetSigning(authority.ports.database, requestId);
}

/** What is written along with the certificate of `work`. */
export function issuedWork(authority: Authority, work: Work, message: string): (certificate: Certificate) => Write[] {
  const { requestId, requester, read, context } = work;
  return (certificate) =>
    issued(
      context,
      {
        requestId,
        requesterName: requester.accountName,
        requestAttributes: formatAttributes(read),
        message,
        resolvedWhen: authority.ports.clock.now(),
      },
      certificate,
    );
}
