import { formatHex } from '#pki/asn1/bytes';
import type { Certificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { formatName } from '#pki/x509/name-text';
import { type AuditContext, audit } from '../audit/audit.ts';
import { verboseEvent } from '../audit/verbose-event.ts';
import type { Write } from '../ports.ts';
import { DB_DISP } from '../schema/dispositions.ts';

export interface IssuedRequest {
  readonly requestId: number;
  readonly requesterName: string;
  readonly requestAttributes: string;
  /** The disposition message. */
  readonly message: string;
  readonly resolvedWhen: Date;
}

/** What is written of a request along with its certificate: its outcome, audit 4887. */
export function issued(context: AuditContext, request: IssuedRequest, { tbsCertificate }: Certificate): Write[] {
  const { requestId, requesterName, requestAttributes, message, resolvedWhen } = request;
  const identifier = extensionValue(tbsCertificate.extensions, EXTENSIONS.subjectKeyIdentifier);
  const subject = formatName(tbsCertificate.subject);
  return [
    {
      update: 'Requests',
      RequestID: requestId,
      set: { Disposition: DB_DISP.ISSUED, StatusCode: 0, DispositionMessage: message, ResolvedWhen: resolvedWhen },
    },
    ...audit(context, 'requestIssued', [
      requestId,
      requesterName,
      requestAttributes,
      message,
      identifier ? formatHex(identifier) : '',
      subject,
    ]),
    ...verboseEvent(context, 6, String(requestId), subject),
  ];
}
