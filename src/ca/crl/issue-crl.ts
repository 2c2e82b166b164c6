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
import type { CurrentCa } from '../ca-certificate.ts';
import { requireOwnLife } from '../chain/own-life.ts';
import type { Configuration } from '../config/configuration.ts';
import { addPeriod, parsePeriod } from '../config/period.ts';
import { issuerKeyIdentifier } from '../issue/authority-extensions.ts';
import { issuerNameId } from '../issue/certificate-row.ts';
import { requireCleanCertList } from '../issue/require-clean.ts';
import { backdated, wholeSeconds } from '../policy/validity.ts';
import type { Write } from '../ports.ts';
import { CPF, DB_DISP } from '../schema/dispositions.ts';
import { newestCrl, ofKey } from './newest-crl.ts';

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

/** Of those that the key issued and that end after `living`. `now` stands for a date that nobody recorded: a revoked certificate is listed in any case. */
async function revokedCertificates(
  authority: Authority,
  keyIndex: number,
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
      ...ofKey('IssuerNameID', keyIndex),
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

/** A CRL that is to be: which key signs it, and under which number. */
export interface NewCrl extends Pick<CrlRequest, 'force' | 'life'> {
  readonly issuer: CurrentCa;
  readonly number: number;
}

/** What no CRL of this CA has had: those that are made together, one a key, share it, as AD CS counts. */
export async function nextCrlNumber({ ports: { database } }: Authority): Promise<number> {
  for await (const row of database.view({
    table: 'CRLs',
    columns: ['CRLNumber'],
    sort: { column: 'CRLNumber', descending: true },
    limit: 1,
  }))
    return Number(row.get('CRLNumber') ?? 0) + 1;
  return 1;
}

/**
 * The number is durable before the key is used, so that no two CRLs of a key ever share one; calls must not overlap. `before`
 * is written along with the number. Throws what lint, key and database say, CERT_E_EXPIRED outside of the life of the CA's
 * certificate, ERROR_INVALID_TIME where the last list is dated later than now: clients would take the new one for the older.
 */
export async function issueBaseCrl(
  authority: Authority,
  configuration: Configuration,
  { issuer, number, force = false, life }: NewCrl,
  before: (times: CrlTimes) => readonly Write[],
): Promise<IssuedCrl> {
  const { ports } = authority;
  const now = ports.clock.now();
  requireOwnLife(issuer.certificate, now);
  const last = await newestCrl(ports.database, issuer.keyIndex);
  if (last && last.thisUpdate > now && !force) {
    throw hresult(
      'ERROR_INVALID_TIME',
      `It is ${now.toISOString()}; the last CRL is of ${last.thisUpdate.toISOString()}.`,
      {
        hint: 'set the clock of this machine; where it is right and was ahead then, certutil -f -CRL',
      },
    );
  }
  const times = crlTimes(configuration, now, life, last?.thisUpdate);
  const rowId = await ports.database.nextCrlRowId();
  // RFC 5280 §3.3: an entry stays until it was on one list issued after its certificate ended.
  const living = last && last.thisUpdate < now ? last.thisUpdate : now;
  const { buffer, count } = await revokedCertificates(authority, issuer.keyIndex, now, living);
  const toBeSigned = buildTbsCertList({
    signature: issuer.scheme,
    issuer: issuer.certificate.tbsCertificate.subject,
    thisUpdate: times.thisUpdate,
    nextUpdate: times.nextUpdate,
    revokedCertificates: buffer,
    crlExtensions: [
      encodeExtension(EXTENSIONS.authorityKeyIdentifier, {
        keyIdentifier: await issuerKeyIdentifier(issuer.certificate, ports.engine),
      }),
      encodeExtension(EXTENSIONS.caVersion, { certIndex: issuer.index, keyIndex: issuer.keyIndex }),
      encodeExtension(EXTENSIONS.cRLNumber, BigInt(number)),
      encodeExtension(EXTENSIONS.crlNextPublish, times.nextPublish),
    ],
  });
  requireCleanCertList(decodeTbsCertList(toBeSigned), issuer.certificate);
  await ports.database.commit([
    {
      insert: 'CRLs',
      row: {
        CRLRowId: rowId,
        CRLNumber: number,
        CRLMinBase: 0,
        CRLNameId: issuerNameId(issuer),
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
  const signature = await issuer.key.sign(issuer.scheme, toBeSigned);
  const signed = decodeCertificateList(assembleCertificateList(toBeSigned, issuer.scheme, signature));
  if (
    !(await isCertificateListSignedBy(signed, issuer.certificate.tbsCertificate.subjectPublicKeyInfo, ports.engine))
  ) {
    throw hresult('NTE_BAD_SIGNATURE', "The CA's key made a signature that does not verify on a CRL.");
  }
  await ports.database.commit([
    { update: 'CRLs', CRLRowId: rowId, set: { CRLRawCRL: signed.raw, CRLEffective: times.thisUpdate } },
  ]);
  return { ...times, rowId, number, raw: signed.raw };
}
