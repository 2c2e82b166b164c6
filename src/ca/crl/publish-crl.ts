/**
 * A base CRL: rows streamed, number recorded, signed, recorded, then handed to each place on its own. RFC 5280 §5,
 * MS-CSRA 3.1.4.1.6.
 */
import { formatHresult } from '#hresult/format';
import { HresultError, hresult } from '#hresult/hresult-error';
import { encodeDer } from '#pki/asn1/der-writer';
import {
  assembleCertificateList,
  buildTbsCertList,
  decodeCertificateList,
  decodeTbsCertList,
  isCertificateListSignedBy,
} from '#pki/x509/certificate-list';
import { encodeAuthorityKeyIdentifier } from '#pki/x509/extensions/authority-key-identifier';
import { encodeCaVersion } from '#pki/x509/extensions/ca-version';
import { encodeCrlNextPublish } from '#pki/x509/extensions/crl-next-publish';
import { encodeCrlNumber } from '#pki/x509/extensions/crl-number';
import { CRL_REASON, encodeReasonCode } from '#pki/x509/extensions/reason-code';
import { RevokedCertificatesBuffer } from '#pki/x509/revoked-certificates';
import { parseSerial } from '#pki/x509/serial-number';
import { applicationEvent } from '../audit/application-events.ts';
import { audit } from '../audit/audit.ts';
import type { Authority } from '../authority.ts';
import { type Configuration, readConfiguration } from '../config/configuration.ts';
import { addPeriod, parsePeriod } from '../config/period.ts';
import { CSURL } from '../config/registry-flags.ts';
import { issuerKeyIdentifier, publicationUrls, urlVariables } from '../issue/authority-extensions.ts';
import { plannedExtension } from '../issue/planned-extension.ts';
import { requireCleanCertList } from '../issue/require-clean.ts';
import { backdated, wholeSeconds } from '../policy/validity.ts';
import { CPF, DB_DISP } from '../schema/dispositions.ts';

/** MS-CSRA: CRLNameId holds certificate and key index; the CA's key signs for both. */
export async function publishBaseCrl(authority: Authority, requestedBy: string): Promise<void> {
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
        CRLPublishFlags: CPF.BASE | CPF.MANUAL | (failed.length === 0 ? CPF.COMPLETE : CPF.FILE_ERROR),
        CRLPublishStatusCode: failed[0]?.error?.hresult ?? 0,
        CRLPublishError: failed.map(({ url, error }) => `${url}: ${error!.message}`).join('\n') || null,
      },
    },
    ...audit(context, 'crlPublished', [
      'Yes',
      String(number),
      authority.current.key.container,
      times.nextPublish.toISOString(),
      results.map(({ url }) => url).join('; '),
    ]),
    ...failed.map(({ url, error }) => ({
      append: 'Events' as const,
      record: applicationEvent(
        now,
        65,
        String(authority.current.keyIndex),
        url,
        `${error!.message} ${formatHresult(error!.hresult)}`,
      ),
    })),
  ]);
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

async function revokedCertificates(
  authority: Authority,
): Promise<{ buffer: RevokedCertificatesBuffer; count: number }> {
  const buffer = new RevokedCertificatesBuffer();
  let count = 0;
  for await (const row of authority.ports.database.view({
    table: 'Requests',
    columns: ['SerialNumber', 'Request.RevokedEffectiveWhen', 'Request.RevokedReason'],
    restrictions: [
      { column: 'Request.Disposition', operator: '=', value: DB_DISP.REVOKED },
      { column: 'NotAfter', operator: '>', value: authority.ports.clock.now() },
    ],
  })) {
    const reason = Number(row.get('Request.RevokedReason') ?? CRL_REASON.unspecified);
    buffer.add({
      userCertificate: parseSerial(String(row.get('SerialNumber'))),
      revocationDate: row.get('Request.RevokedEffectiveWhen') as Date,
      // RFC 5280 §5.3.1: unspecified stands for itself by being absent.
      crlEntryExtensions:
        reason === CRL_REASON.unspecified
          ? []
          : [{ extnID: '2.5.29.21', critical: false, extnValue: encodeDer(encodeReasonCode(reason)) }],
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
  const { buffer, count } = await revokedCertificates(authority);
  const toBeSigned = buildTbsCertList({
    signature: current.scheme,
    issuer: current.certificate.tbsCertificate.subject,
    thisUpdate: crl.thisUpdate,
    nextUpdate: crl.nextUpdate,
    revokedCertificates: buffer,
    crlExtensions: [
      plannedExtension(
        '2.5.29.35',
        encodeAuthorityKeyIdentifier({ keyIdentifier: await issuerKeyIdentifier(current.certificate, ports.engine) }),
      ),
      plannedExtension(
        '1.3.6.1.4.1.311.21.1',
        encodeCaVersion({ certIndex: current.index, keyIndex: current.keyIndex }),
      ),
      plannedExtension('2.5.29.20', encodeCrlNumber(BigInt(crl.number))),
      plannedExtension('1.3.6.1.4.1.311.21.4', encodeCrlNextPublish(crl.nextPublish)),
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
        CRLNameId: (current.keyIndex << 16) | current.index,
        CRLThisUpdate: crl.thisUpdate,
        CRLNextUpdate: crl.nextUpdate,
        CRLThisPublish: ports.clock.now(),
        CRLNextPublish: crl.nextPublish,
        CRLPublishFlags: CPF.BASE | CPF.MANUAL,
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
