/**
 * A base CRL: rows streamed, number recorded, signed, recorded, then handed to each place on its own. RFC 5280 §5,
 * MS-CSRA 3.1.4.1.6.
 */
import { HresultError, hresult } from '#hresult/hresult-error';
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
import { applicationEvent, statusText } from '../audit/application-events.ts';
import { audit } from '../audit/audit.ts';
import type { Authority } from '../authority.ts';
import { type Configuration, readConfiguration } from '../config/configuration.ts';
import { addPeriod, parsePeriod } from '../config/period.ts';
import { CSURL } from '../config/registry-flags.ts';
import { issuerKeyIdentifier, publicationUrls, urlVariables } from '../issue/authority-extensions.ts';
import { issuerNameId } from '../issue/certificate-row.ts';
import { requireCleanCertList } from '../issue/require-clean.ts';
import { backdated, wholeSeconds } from '../policy/validity.ts';
import { CPF, DB_DISP } from '../schema/dispositions.ts';

/** Throws what lint, key and database say; a place that cannot be written is told in the CRL's row and by event 65. */
export function publishBaseCrl(authority: Authority, requestedBy: string): Promise<void> {
  // One at a time: the next one's number is counted from the rows.
  return authority.crlTurn.take(() => publish(authority, requestedBy));
}

async function publish(authority: Authority, requestedBy: string): Promise<void> {
  const { clock, database } = authority.ports;
  const configuration = await readConfiguration(database);
  const now = clock.now();
  const times = crlTimes(configuration, now);
  const rowId = await database.nextCrlRowId();
  const number = await nextCrlNumber(authority);
  const { crl, count } = await recordAndSign(authority, { rowId, number, ...times });
  const results = await publishEverywhere(authority, configuration, crl);
  const failed = results.filter(({ error }) => error !== undefined);
  const context = { time: now, subject: requestedBy, configuration };
  await database.commit([
    {
      update: 'CRLs',
      CRLRowId: rowId,
      set: {
        CRLCount: count,
        CRLLastPublished: clock.now(),
        CRLPublishAttempts: 1,
        CRLPublishFlags: failed.reduce((flags, { url }) => flags | errorFlag(url), publishFlags(failed.length === 0)),
        CRLPublishStatusCode: failed[0]?.error?.hresult ?? 0,
        CRLPublishError: failed.map(({ url, error }) => `${url}: ${error!.message}`).join('\n') || null,
      },
    },
    ...audit(context, 'crlRequested', [times.nextUpdate.toISOString(), times.nextPublish.toISOString(), '']),
    ...audit(context, 'crlPublished', [
      'Yes',
      String(number),
      authority.current.key.container,
      times.nextPublish.toISOString(),
      results.map(({ url }) => url).join('; '),
    ]),
    ...failed.map(({ url, error }) => ({
      append: 'Events' as const,
      record: applicationEvent(now, 65, String(authority.current.keyIndex), url, statusText(error!)),
    })),
  ]);
}

function publishFlags(isComplete: boolean): number {
  return CPF.BASE | CPF.MANUAL | (isComplete ? CPF.COMPLETE : 0);
}

function errorFlag(url: string): number {
  if (/^ldap:/i.test(url)) return CPF.LDAP_ERROR;
  return /^https?:/i.test(url) ? CPF.HTTP_ERROR : CPF.FILE_ERROR;
}

interface CrlTimes {
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly nextPublish: Date;
}

/** nextUpdate lies an overlap beyond the next publication, so that clients are never without a valid list. */
function crlTimes(configuration: Configuration, now: Date): CrlTimes {
  const period = parsePeriod(configuration.string('CRLPeriod') ?? 'Weeks', configuration.dword('CRLPeriodUnits') ?? 1);
  const nextPublish = wholeSeconds(addPeriod(now, period));
  const overlapUnits = configuration.dword('CRLOverlapUnits') ?? 0;
  // Windows: without a configured overlap a tenth of the period, twelve hours at most.
  const nextUpdate =
    overlapUnits > 0
      ? addPeriod(nextPublish, parsePeriod(configuration.string('CRLOverlapPeriod') ?? 'Hours', overlapUnits))
      : new Date(nextPublish.getTime() + Math.min((nextPublish.getTime() - now.getTime()) / 10, 12 * 3_600_000));
  return { thisUpdate: backdated(now, configuration), nextUpdate: wholeSeconds(nextUpdate), nextPublish };
}

async function nextCrlNumber(authority: Authority): Promise<number> {
  for await (const row of authority.ports.database.view({
    table: 'CRLs',
    columns: ['CRLNumber'],
    sort: { column: 'CRLNumber', descending: true },
    limit: 1,
  })) {
    return Number(row.get('CRLNumber') ?? 0) + 1;
  }
  return 1;
}

/** `now` stands for a date that nobody recorded: a revoked certificate is listed in any case. */
async function revokedCertificates(
  authority: Authority,
  now: Date,
): Promise<{ buffer: RevokedCertificatesBuffer; count: number }> {
  const buffer = new RevokedCertificatesBuffer();
  let count = 0;
  for await (const row of authority.ports.database.view({
    table: 'Requests',
    columns: ['SerialNumber', 'Request.RevokedEffectiveWhen', 'Request.RevokedWhen', 'Request.RevokedReason'],
    restrictions: [
      { column: 'Request.Disposition', operator: '=', value: DB_DISP.REVOKED },
      { column: 'NotAfter', operator: '>', value: now },
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

/** The number is durable before the key is used, so that no two CRLs ever share one. */
async function recordAndSign(
  authority: Authority,
  crl: CrlTimes & { readonly rowId: number; readonly number: number },
): Promise<{ crl: Uint8Array; count: number }> {
  const { current, ports } = authority;
  const { buffer, count } = await revokedCertificates(authority, ports.clock.now());
  const toBeSigned = buildTbsCertList({
    signature: current.scheme,
    issuer: current.certificate.tbsCertificate.subject,
    thisUpdate: crl.thisUpdate,
    nextUpdate: crl.nextUpdate,
    revokedCertificates: buffer,
    crlExtensions: [
      encodeExtension(EXTENSIONS.authorityKeyIdentifier, {
        keyIdentifier: await issuerKeyIdentifier(current.certificate, ports.engine),
      }),
      encodeExtension(EXTENSIONS.caVersion, { certIndex: current.index, keyIndex: current.keyIndex }),
      encodeExtension(EXTENSIONS.cRLNumber, BigInt(crl.number)),
      encodeExtension(EXTENSIONS.crlNextPublish, crl.nextPublish),
    ],
  });
  requireCleanCertList(decodeTbsCertList(toBeSigned), current.certificate);
  await ports.database.commit([
    {
      insert: 'CRLs',
      row: {
        CRLRowId: crl.rowId,
        CRLNumber: crl.number,
        CRLMinBase: 0,
        CRLNameId: issuerNameId(current),
        CRLThisUpdate: crl.thisUpdate,
        CRLNextUpdate: crl.nextUpdate,
        CRLThisPublish: ports.clock.now(),
        CRLNextPublish: crl.nextPublish,
        CRLPublishFlags: publishFlags(false),
      },
    },
  ]);
  const signature = await current.key.sign(current.scheme, toBeSigned);
  const signed = decodeCertificateList(assembleCertificateList(toBeSigned, current.scheme, signature));
  if (
    !(await isCertificateListSignedBy(signed, current.certificate.tbsCertificate.subjectPublicKeyInfo, ports.engine))
  ) {
    throw hresult('NTE_BAD_SIGNATURE', "The CA's key made a signature that does not verify on a CRL.");
  }
  await ports.database.commit([
    { update: 'CRLs', CRLRowId: crl.rowId, set: { CRLRawCRL: signed.raw, CRLEffective: crl.thisUpdate } },
  ]);
  return { crl: signed.raw, count };
}

interface PublishResult {
  readonly url: string;
  readonly error: HresultError | undefined;
}

async function publishEverywhere(
  authority: Authority,
  configuration: Configuration,
  crl: Uint8Array,
): Promise<PublishResult[]> {
  const urls = publicationUrls(
    configuration.strings('CRLPublicationURLs'),
    CSURL.SERVERPUBLISH,
    urlVariables(authority, configuration),
  );
  return Promise.all(
    urls.map(async (url) => {
      try {
        await authority.ports.publisher.publish(url, crl);
        return { url, error: undefined };
      } catch (error) {
        if (error instanceof HresultError) return { url, error };
        throw error;
      }
    }),
  );
}
