/** Certificates that the CA issues for its own use: recorded and audited as every other, with the CA itself as requester. */
import { formatHex } from '#pki/asn1/bytes';
import type { Certificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { formatName } from '#pki/x509/name-text';
import { audit } from '../audit/audit.ts';
import { type Authority, configString } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Write } from '../ports.ts';
import { CR_FLG, DB_DISP } from '../schema/dispositions.ts';
import type { CertificatePlan } from './certificate-plan.ts';
import { issueCertificate } from './issue.ts';

export interface OwnRequest {
  readonly requestId: number;
  readonly configuration: Configuration;
  /** CR_FLG bits that tell it from others. */
  readonly requestFlags: number;
  /** The account that it is issued for the sake of. */
  readonly caller: string;
  /** Recorded along with it. */
  readonly before?: readonly Write[];
}

/** Throws as issueCertificate; a signing that was recorded is brought to its end later. */
export async function issueToItself(
  authority: Authority,
  plan: CertificatePlan,
  { requestId, configuration, requestFlags, caller, before = [] }: OwnRequest,
): Promise<Certificate> {
  const { clock } = authority.ports;
  const now = clock.now();
  const account = configString(authority);
  const issued = issueCertificate(authority, plan, {
    requestId,
    before: [
      {
        insert: 'Requests',
        row: {
          RequestID: requestId,
          RequestFlags: CR_FLG.FORCEUTF8 | requestFlags,
          Disposition: DB_DISP.ACTIVE,
          SubmittedWhen: now,
          RequesterName: account,
          CallerName: caller,
          StatusCode: 0,
        },
      },
      ...before,
    ],
    isPublished: false,
    after: ({ tbsCertificate }) => {
      const identifier = extensionValue(tbsCertificate.extensions, EXTENSIONS.subjectKeyIdentifier);
      return [
        {
          update: 'Requests',
          RequestID: requestId,
          set: { Disposition: DB_DISP.ISSUED, DispositionMessage: 'Issued', ResolvedWhen: clock.now() },
        },
        ...audit({ time: now, subject: account, configuration }, 'requestIssued', [
          requestId,
          account,
          '',
          'Issued',
          identifier ? formatHex(identifier) : '',
          formatName(tbsCertificate.subject),
        ]),
      ];
    },
  });
  try {
    return await issued;
  } catch (error) {
    authority.unfinished.leave(requestId);
    throw error;
  }
}
