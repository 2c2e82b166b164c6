/** Certificates taken out of use, for good or on hold, and those on hold given back. MS-CSRA 3.1.4.1.8 RevokeCertificate. */
import { hresult } from '#hresult/hresult-error';
import { CRL_REASON } from '#pki/x509/extensions/reason-code';
import { formatSerial, parseSerial } from '#pki/x509/serial-number';
import { type AuditContext, audit } from '../audit/audit.ts';
import type { Authority, Caller } from '../authority.ts';
import type { Write } from '../ports.ts';
import { authorize } from '../roles/authorize.ts';
import { requireOfficerOf } from '../roles/officer-restrictions.ts';
import { DB_DISP, REVOCATION_REASON_TEXTS, UNREVOKE } from '../schema/dispositions.ts';
import type { RequestRow } from '../schema/requests.ts';

/**
 * All of them or none, in one unit with audit 4870. Throws ERROR_ACCESS_DENIED; ERROR_INVALID_PARAMETER for a reason that is
 * none and for a serial number the CA gave to no certificate; CERTSRV_E_BAD_REQUESTSTATUS for a certificate that is revoked
 * already (one on hold may be revoked for good), for one to be released that is not on hold, for one never issued.
 *
 * A certificate that has expired can be revoked all the same: signatures made while it lived are judged by it.
 */
export async function revoke(
  authority: Authority,
  officer: Caller,
  serialNumbers: readonly string[],
  reason: number,
): Promise<void> {
  const { clock, database } = authority.ports;
  const attempt = { event: 'certificateRevoked', values: [serialNumbers.join(' '), reason] } as const;
  const configuration = await authorize(authority, officer, ['Officer'], attempt);
  if (!(reason in REVOCATION_REASON_TEXTS)) {
    throw hresult('ERROR_INVALID_PARAMETER', `${reason} is no reason to revoke for.`, {
      hint: 'certutil -revoke -? lists the reasons',
    });
  }
  if (serialNumbers.length === 0) throw hresult('ERROR_INVALID_PARAMETER', 'No serial number is given.');
  const serials = [...new Set(serialNumbers.map((text) => formatSerial(parseSerial(text))))];
  // Read and written without another revocation between: nobody releases what a colleague has just revoked for good.
  await authority.crlTurn.take(async () => {
    const context: AuditContext = { time: clock.now(), subject: officer.accountName, configuration };
    const writes: Write[] = [];
    for (const serial of serials) {
      const row = await requireRow(authority, serial);
      await requireOfficerOf(authority, officer, configuration, row, attempt);
      writes.push(...change(row, serial, reason, context));
    }
    await database.commit(writes);
  });
}

async function requireRow({ ports: { database } }: Authority, serial: string): Promise<RequestRow> {
  for await (const found of database.view({
    table: 'Requests',
    columns: ['Request.RequestID'],
    restrictions: [{ column: 'SerialNumber', operator: '=', value: serial }],
    limit: 1,
  })) {
    const row = await database.request(Number(found.get('Request.RequestID')));
    if (row) return row;
  }
  throw hresult('ERROR_INVALID_PARAMETER', `This CA gave no certificate the serial number ${serial}.`, {
    hint: 'certutil -view -out RequestID,SerialNumber,CommonName lists the serial numbers',
  });
}

function change(row: RequestRow, serial: string, reason: number, context: AuditContext): readonly Write[] {
  const isHeld = row.Disposition === DB_DISP.REVOKED && row.RevokedReason === CRL_REASON.certificateHold;
  // RFC 5280 §5.3.1 keeps removeFromCRL for delta CRLs, where it says that a hold has ended: to ask for it is to end the hold.
  const isRelease = reason === UNREVOKE || reason === CRL_REASON.removeFromCRL;
  if (isRelease && !isHeld) {
    throw hresult('CERTSRV_E_BAD_REQUESTSTATUS', `The certificate ${serial} is not on hold.`, {
      hint: 'only what was revoked with reason 6 (certificate hold) is given back',
    });
  }
  const isRevocable = row.Disposition === DB_DISP.ISSUED || (isHeld && reason !== CRL_REASON.certificateHold);
  if (!isRelease && !isRevocable) throw notRevocable(row, serial);
  return [
    {
      update: 'Requests',
      RequestID: row.RequestID!,
      set: {
        Disposition: isRelease ? DB_DISP.ISSUED : DB_DISP.REVOKED,
        DispositionMessage: `${isRelease ? 'Unrevoked' : 'Revoked'} by ${context.subject}`,
        RevokedWhen: context.time,
        RevokedEffectiveWhen: context.time,
        // What a delta CRL will have to say of one that was released.
        RevokedReason: isRelease ? CRL_REASON.removeFromCRL : reason,
      },
      whenDisposition: [row.Disposition!],
    },
    ...audit(context, 'certificateRevoked', [serial, reason]),
  ];
}

function notRevocable({ Disposition, RevokedReason, DispositionMessage }: RequestRow, serial: string) {
  const state =
    Disposition === DB_DISP.REVOKED
      ? `is revoked already: ${REVOCATION_REASON_TEXTS[RevokedReason ?? 0] ?? RevokedReason}`
      : `is not in use: ${DispositionMessage ?? ''}`;
  return hresult('CERTSRV_E_BAD_REQUESTSTATUS', `The certificate ${serial} ${state}.`, {
    hint: 'certutil -view Revoked lists what is revoked',
  });
}
