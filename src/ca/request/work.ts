import { formatName } from '#pki/x509/name-text';
import type { AuditContext } from '../audit/audit.ts';
import type { Authority, Caller } from '../authority.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { matchTemplate } from '../template/matching.ts';
import type { FaultedRequest } from './construction-fault.ts';
import type { Intake } from './intake.ts';
import { requestedTemplate } from './requested-template.ts';

/** A request on its way through the authority: just submitted, or taken up again by a certificate manager. */
export interface Work {
  readonly requestId: number;
  /** Whose certificate it becomes. */
  readonly caller: Caller;
  readonly read: Intake;
  readonly context: AuditContext;
}

export async function templateOf(authority: Authority, read: Intake): Promise<CertificateTemplate> {
  const { templates, published } = await authority.templates.read();
  return matchTemplate(requestedTemplate(read), templates, published);
}

export function formatAttributes(read: Intake): string {
  return read.attributes.map(([name, value]) => `${name}:${value}`).join('; ');
}

export function subjectOf(read: Intake): string {
  return formatName(read.certificationRequest.certificationRequestInfo.subject);
}

/** What a fault tells of the request. */
export function faultedRequest({ requestId, caller, read }: Work): FaultedRequest {
  return {
    requestId,
    requesterName: caller.accountName,
    requestAttributes: formatAttributes(read),
    subject: subjectOf(read),
  };
}

/** What audit 4888 and 4889 tell of a request that has no certificate. */
export function auditFields({ requestId, caller, read }: Work, message: string): readonly (string | number)[] {
  return [requestId, caller.accountName, formatAttributes(read), message, '', subjectOf(read)];
}
