/** A base CRL: rows streamed, number recorded, signed, recorded. RFC 5280 §5. */
import { hresult } from '#hresult/hresult-error';
import {
  assembleCertificateList,
  buildTbsCertList,
  decodeCertificateList,
  decodeTbsCertList,
  isCertificateListSignedBy,
} from '#pki/x509/certificate-list';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { CRL_REASON } from '#pki/x509/extensions/reason-code';
import { RevokedCertificatesBuffer } from '#pki/x509/revoked-certificates';
import { parseSerial } from '#pki/x509/serial-number';
import type { CrlRequest } from '../api.ts';
import type { Authority } from '../authority.ts';
import { requireOwnLife } from '../chain/own-life.ts';
import type { Configuration } from '../config/configuration.ts';
import { addPeriod, parsePeriod } from '../config/period.ts';
import { issuerKeyIdentifier } from '../issue/authority-extensions.ts';
import { issuerNameId } from '../issue/certificate-row.ts';
import { requireCleanCertList } from '../issue/require-clean.ts';
import { backdated, wholeSeconds } from '../policy/validity.ts';
import type { Write } from '../ports.ts';
import { CPF, DB_DISP } from '../schema/dispositions.ts';

export interface CrlTimes {
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly nextPublish: Date;
}

/**
 * Never dated before the list it replaces (`last`), where the clock went back a little. nextUpdate lies an overlap beyond the next publication, so that clients are never without a valid list; a list of a life
 * of its own has its nextUpdate where that ends (MS-CSRA 3.1.4.2.1).
 */
function crlTimes(configuration: Configuration, now: Date, life: number | undefined, last: Date | undefined): CrlTimes {
  const start = backdated(now, configuration);
  const thisUpdate = last && last > start && last <= now ? last : start;
  if (life !== undefined) {
    const end = wholeSeconds(new Date(now.getTime() + life));
    return { thisUpdate, nextUpdate: end, nextPublish: end };
  }
  const period = parsePeriod(configuration.string('CRLPeriod') ?? 'Weeks', configuration.dword('CRLPeriodUnits') ?? 1);
  const nextPublish = wholeSeconds(addPeriod(now, period));
  const overlapUnits = configuration.dword('CRLOverlapUnits') ?? 0;
  // Windows: without a configured overlap a tenth of the period, twelve hours at most.
  const nextUpdate =
    overlapUnits > 0
      ? addPeriod(nextPublish, parsePeriod(configuration.string('CRLOverlapPeriod') ?? 'Hours', overlapUnits))
      : new Date(nextPublish.getTime() + Math.min((nextPublish.getTime() - now.getTime()) / 10, 12 * 3_600_000));
  return { thisUpdate, nextUpdate: wholeSeconds(nextUpdate), nextPublish };
}

/** The CRL before this one: its number, and when it was issued. */
async function lastCrl(authority: Authority): Promise<{ number: number; thisUpdate: Date | undefined }> {
  for await (const row of authority.ports.database.view({
    table: 'CRLs',
    columns: ['CRLNumber', 'CRLThisUpdate'],
    sort: { column: 'CRLNumber', descending: true },
    limit: 1,
  })) {
    const thisUpdate = (row.get('CRLThisUpdate') as Date | null) ?? undefined;
    return { number: Number(row.get('CRLNumber') ?? 0), thisUpdate };
  }
  return { number: 0, thisUpdate: undefined };
}

/** Of those that end after `living`. `now` stands for a date that nobody recorded: a revoked certificate is listed in any case. */
async function revokedCertificates(
  authority: Authority,
  now: Date,
  living: Date,
): Promise<{ buffer: RevokedCertificatesBuffer; count: number }> {
  const buffer = new RevokedCertificatesBuffer();
  let count = 0;
  for await (const row of authority.ports.database.view({
    table: 'Requests',
    columns: ['SerialNumber', 'Request.RevokedEffectiveWhen', 'Request.RevokedWhen', 'Request.RevokedReason'],
    restrictions: [
      { column: 'Request.Disposition', operator: '=', value: DB_DISP.REVOKED },
      { column: 'NotAfter', operator: '>', value: living },
    ],
  })) {
    const revocationDate = (row.get('Request.RevokedEffectiveWhen') ?? row.get('Request.RevokedWhen')) as Date | null;
    const reason = Number(row.get('Request.RevokedReason') ?? CRL_REASON.unspecified);
    buffer.add({
      userCertificate: parseSerial(String(row.get('SerialNumber'))),
      revocationDate: wholeSeconds(revocationDate ?? now),
      // RFC 5280 §5.3.1: unspecified stands for itself by being absent.
      crlEntryExtensions: reason === CRL_REASON.unspecified ? [] : [encodeExtension(EXTENSIONS.reasonCode, reason)],
    });
    count++;
  }
  return { buffer, count };
}

export interface IssuedCrl extends CrlTimes {
  readonly rowId: number;
  readonly number: number;
  readonly raw: Uint8Array;
}

/**
 * The number is durable before the key is used, so that no two CRLs ever share one; calls must not overlap. `before` is
 * written along with the number. Throws what lint, key and database say, CERT_E_EXPIRED outside of the life of the CA's
 * certificate, ERROR_INVALID_TIME where the last list is dated later than now: clients would take the new one for the older.
 */
export async function issueBaseCrl(
  authority: Authority,
  configuration: Configuration,
  { force = false, life }: Pick<CrlRequest, 'force' | 'life'>,
  before: (times: CrlTimes) => readonly Write[],
): Promise<IssuedCrl> {
  const { current, ports } = authority;
  const now = ports.clock.now();
  requireOwnLife(current.certificate, now);
  const last = await lastCrl(authority);
  if (last.thisUpdate && last.thisUpdate > now && !force) {
    throw hresult(
      'ERROR_INVALID_TIME',
      `It is ${now.toISOString()}; the last CRL is of ${last.thisUpdate.toISOString()}.`,
      {
        hint: 'set the clock of this machine; where it is right and was ahead then, certutil -f -CRL',
      },
    );
  }
  const times = crlTimes(configuration, now, life, last.thisUpdate);
  const rowId = await ports.database.nextCrlRowId();
  const number = last.number + 1;
  // RFC 5280 §3.3: an entry stays until it was on one list issued after its certificate ended.
  const living = last.thisUpdate && last.thisUpdate < now ? last.thisUpdate : now;
  const { buffer, count } = await revokedCertificates(authority, now, living);
  const toBeSigned = buildTbsCertList({
    signature: current.scheme,
    issuer: current.certificate.tbsCertificate.subject,
    thisUpdate: times.thisUpdate,
    nextUpdate: times.nextUpdate,
    revokedCertificates: buffer,
    crlExtensions: [
      encodeExtension(EXTENSIONS.authorityKeyIdentifier, {
        keyIdentifier: await issuerKeyIdentifier(current.certificate, ports.engine),
      }),
      encodeExtension(EXTENSIONS.caVersion, { certIndex: current.index, keyIndex: current.keyIndex }),
      encodeExtension(EXTENSIONS.cRLNumber, BigInt(number)),
      encodeExtension(EXTENSIONS.crlNextPublish, times.nextPublish),
    ],
  });
  requireCleanCertList(decodeTbsCertList(toBeSigned), current.certificate);
  await ports.database.commit([
    {
      insert: 'CRLs',
      row: {
        CRLRowId: rowId,
        CRLNumber: number,
        CRLMinBase: 0,
        CRLNameId: issuerNameId(current),
        CRLCount: count,
        CRLThisUpdate: times.thisUpdate,
        CRLNextUpdate: times.nextUpdate,
        CRLThisPublish: ports.clock.now(),
        CRLNextPublish: times.nextPublish,
        CRLPublishFlags: CPF.BASE | CPF.MANUAL,
      },
    },
    ...before(times),
  ]);
  const signature = await current.key.sign(current.scheme, toBeSigned);
  const signed = decodeCertificateList(assembleCertificateList(toBeSigned, current.scheme, signature));
  if (
    !(await isCertificateListSignedBy(signed, current.certificate.tbsCertificate.subjectPublicKeyInfo, ports.engine))
  ) {
    throw hresult('NTE_BAD_SIGNATURE', "The CA's key made a signature that does not verify on a CRL.");
  }
  await ports.database.commit([
    { update: 'CRLs', CRLRowId: rowId, set: { CRLRawCRL: signed.raw, CRLEffective: times.thisUpdate } },
  ]);
  return { ...times, rowId, number, raw: signed.raw };
}
