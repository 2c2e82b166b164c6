/** A request as its row: what is stored of it before anything is decided. MS-WCCE 3.2.1.4.2.1.4.4. */
import { formatRequestAttributes } from '#pki/cmc/name-value-pairs';
import type { AcceptedKey } from '../archive/accept-archived-key.ts';
import { nameColumns } from '../issue/name-columns.ts';
import { applicationPoliciesOf, issuancePoliciesOf } from '../policy/authorized-signatures.ts';
import type { Write } from '../ports.ts';
import { CR_FLG, DB_DISP } from '../schema/dispositions.ts';
import type { Work } from './work.ts';

/** The row of a request that could be read. */
export function requestWrites(
  { requestId, read: intake, caller, requester, context }: Work,
  archived: AcceptedKey | undefined,
): Write[] {
  return [
    {
      insert: 'Requests',
      row: {
        RequestID: requestId,
        RawRequest: intake.rawRequest,
        RawArchivedKey: archived?.rawArchivedKey ?? null,
        KeyRecoveryHashes: archived?.keyRecoveryHashes ?? null,
        RequestAttributes: formatRequestAttributes(intake.attributes) || null,
        RequestType: intake.requestType,
        RequestFlags:
          CR_FLG.FORCEUTF8 |
          (archived ? CR_FLG.VALIDENCRYPTEDKEYHASH : 0) |
          (intake.renewal ? CR_FLG.RENEWAL : 0) |
          (requester.sid === caller.sid ? 0 : CR_FLG.ENROLLONBEHALFOF),
        RawOldCertificate: intake.renewal?.raw ?? null,
        SignerPolicies: listOf(intake.cosigners.flatMap(issuancePoliciesOf)),
        SignerApplicationPolicies: listOf(intake.cosigners.flatMap(applicationPoliciesOf)),
        SubmittedWhen: context.time,
        RequesterName: requester.accountName,
        CallerName: caller.accountName,
        Disposition: DB_DISP.ACTIVE,
        StatusCode: 0,
        ...nameColumns(intake.certificationRequest.certificationRequestInfo.subject),
      },
    },
    ...intake.attributes.map(
      ([name, value]): Write => ({
        insert: 'Attributes',
        row: { AttributeRequestId: requestId, AttributeName: name, AttributeValue: value },
      }),
    ),
  ];
}

/** MS-CSRA 3.1.1.1.2: what the signers' certificates are good for, an OID a line. */
function listOf(policies: readonly string[]): string | null {
  return [...new Set(policies)].join('\n') || null;
}
