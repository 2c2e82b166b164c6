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
  /** Who sent it. */
  readonly caller: Caller;
  /** Whose certificate it becomes: the caller, or for whom an enrollment agent asks. */
  readonly requester: Caller;
  readonly read: Intake;
  readonly context: AuditContext;
}

export async function templateOf(authority: Authority, read: Intake): Promise<CertificateTemplate> {
  const { templates, published } = await authority.templates.read();
  return matchTemplate(requestedTemplate(read), templates, published);
}

/** Each once: those of a stored request stand in its row and, many of them, in its bytes. */
export function formatAttributes(read: Intake): string {
  return [...new Set(read.attributes.map(([name, value]) => `${name}:${value}`))].join('; ');
}

export function subjectOf(read: Intake): string {
  return formatName(read.certificationRequest.certificationRequestInfo.subject);
}

/** What a fault tells of the request. */
export function faultedRequest({ requestId, requester, read }: Work): FaultedRequest {
  return {
    requestId,
    requesterName: requester.accountName,
    requestAttributes: formatAttributes(read),
    subject: subjectOf(read),
  };
}

/** What audit 4888 and 4889 tell of a request that has no certificate. */
export function auditFields({ requestId, requester, read }: Work, message: string): readonly (string | number)[] {
  return [requestId, requester.accountName, formatAttributes(read), message, '', subjectOf(read)];
}
