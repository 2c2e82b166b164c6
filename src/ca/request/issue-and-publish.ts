import { formatHex } from '#pki/asn1/bytes';
import type { Certificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { formatName } from '#pki/x509/name-text';
import { audit } from '../audit/audit.ts';
import type { Authority } from '../authority.ts';
import { issueCertificate } from '../issue/issue.ts';
import type { Decision } from '../policy/decision.ts';
import type { Write } from '../ports.ts';
import { publishIssued } from '../publish/publish-issued.ts';
import { DB_DISP } from '../schema/dispositions.ts';
import { formatAttributes, type Work } from './work.ts';

/** Signs what policy decided and writes the outcome. Throws what lint, key or database say. */
export async function issueAndPublish(
  authority: Authority,
  work: Work,
  decision: Extract<Decision, { action: 'issue' }>,
  before: readonly Write[],
  message: string,
): Promise<void> {
  const certificate = await issueCertificate(authority, decision.plan, {
    requestId: work.requestId,
    before,
    after: issued(authority, work, message),
  });
  if (decision.template) await publishIssued(authority, decision.template, work.caller, certificate);
}

/** What is written of a request along with its certificate. */
export function issued(authority: Authority, work: Work, message: string): (certificate: Certificate) => Write[] {
  const { requestId, caller, read, context } = work;
  return ({ tbsCertificate: { subject, extensions } }) => {
    const identifier = extensionValue(extensions, EXTENSIONS.subjectKeyIdentifier);
    return [
      {
        update: 'Requests',
        RequestID: requestId,
        set: {
          Disposition: DB_DISP.ISSUED,
          StatusCode: 0,
          DispositionMessage: message,
          ResolvedWhen: authority.ports.clock.now(),
        },
      },
      ...audit(context, 'requestIssued', [
        requestId,
        caller.accountName,
        formatAttributes(read),
        message,
        identifier ? formatHex(identifier) : '',
        formatName(subject),
      ]),
    ];
  };
}
