/** A base CRL, issued and handed to each of its places on its own. MS-CSRA 3.1.4.2.1 PublishCRLs. */
import { HresultError, hresult } from '#hresult/hresult-error';
import type { CrlRequest } from '../api.ts';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import { type AuditContext, audit } from '../audit/audit.ts';
import { verboseEvent } from '../audit/verbose-event.ts';
import type { Authority } from '../authority.ts';
import { type Configuration, readConfiguration } from '../config/configuration.ts';
import { CSURL } from '../config/registry-flags.ts';
import { publicationUrls, urlVariables } from '../issue/authority-extensions.ts';
import type { Write } from '../ports.ts';
import { CPF } from '../schema/dispositions.ts';
import { type CrlTimes, issueBaseCrl } from './issue-crl.ts';

/**
 * Throws what issueBaseCrl throws, with event 130; ERROR_INVALID_PARAMETER for a life that is none, CERTSRV_E_PROPERTY_EMPTY where
 * there is no CRL to publish again; a place that cannot be written is told in the CRL's row and by event 65.
 */
export function publishBaseCrl(authority: Authority, requestedBy: string, request: CrlRequest = {}): Promise<void> {
  return authority.crlTurn.take(() => publish(authority, requestedBy, request));
}

/** The same where it is still wanted once nobody else publishes. Answers whether it was. Throws as `publishBaseCrl`. */
export function publishBaseCrlWhere(
  authority: Authority,
  requestedBy: string,
  isWanted: () => Promise<boolean>,
): Promise<boolean> {
  return authority.crlTurn.take(async () => {
    const wanted = await isWanted();
    if (wanted) await publish(authority, requestedBy, {});
    return wanted;
  });
}

/** A CRL to hand out, new or old. */
interface PublishedCrl extends Pick<CrlTimes, 'nextUpdate' | 'nextPublish'> {
  readonly rowId: number;
  readonly number: number;
  readonly attempts: number;
  readonly raw: Uint8Array;
}

async function publish(authority: Authority, requestedBy: string, request: CrlRequest): Promise<void> {
  const { clock, database } = authority.ports;
  const configuration = await readConfiguration(database);
  const now = clock.now();
  const context = { time: now, subject: requestedBy, configuration };
  const crl = request.republish ? await republished(authority, context) : await newCrl(authority, context, request);
  const { rowId, number, attempts, raw, nextPublish } = crl;
  const results = await publishEverywhere(authority, configuration, raw);
  const failed = results.filter(({ error }) => error !== undefined);
  await database.commit([
    {
      update: 'CRLs',
      CRLRowId: rowId,
      set: {
        CRLLastPublished: clock.now(),
        CRLPublishAttempts: attempts,
        CRLPublishFlags: publishFlags(failed.map(({ url }) => url)),
        CRLPublishStatusCode: failed[0]?.error?.hresult ?? 0,
        CRLPublishError: failed.map(({ url, error }) => `${url}: ${error!.message}`).join('\n') || null,
      },
    },
    ...audit(context, 'crlPublished', [
      'Yes',
      String(number),
      authority.current.key.container,
      nextPublish.toISOString(),
      results.map(({ url }) => url).join('; '),
    ]),
    ...(failed.length === 0 ? verboseEvent(context, 68, String(authority.current.keyIndex)) : []),
    ...failed.map(({ url, error }) => ({
      append: 'Events' as const,
      record: applicationEvent(now, 65, String(authority.current.keyIndex), url, statusText(error!)),
    })),
  ]);
}

/** A hundred years, in milliseconds. */
const LONGEST_LIFE = 36_525 * 86_400_000;

/** What is recorded before anything is signed or handed out. */
function requested(
  context: AuditContext,
  { nextUpdate, nextPublish }: Pick<CrlTimes, 'nextUpdate' | 'nextPublish'>,
): readonly Write[] {
  return audit(context, 'crlRequested', [nextUpdate.toISOString(), nextPublish.toISOString(), '']);
}

async function newCrl(authority: Authority, context: AuditContext, request: CrlRequest): Promise<PublishedCrl> {
  const { life } = request;
  if (life !== undefined && !(life > 0 && life <= LONGEST_LIFE)) {
    throw hresult('ERROR_INVALID_PARAMETER', 'A CRL lives for an hour at least, and for a hundred years at most.', {
      hint: 'write days and hours: certutil -CRL 7:00',
    });
  }
  try {
    const issued = await issueBaseCrl(authority, context.configuration, request, (times) => requested(context, times));
    return { ...issued, attempts: 1 };
  } catch (error) {
    if (error instanceof HresultError) {
      const event = applicationEvent(authority.ports.clock.now(), 130, statusText(error));
      await authority.unfinished.tell(authority, event);
    }
    throw error;
  }
}

async function republished(authority: Authority, context: AuditContext): Promise<PublishedCrl> {
  const latest = await latestCrl(authority);
  await authority.ports.database.commit(requested(context, latest));
  return latest;
}

/** The newest one that was signed. */
async function latestCrl({ ports: { database } }: Authority): Promise<PublishedCrl> {
  for await (const row of database.view({
    table: 'CRLs',
    restrictions: [{ column: 'CRLRawCRL', operator: '!=', value: null }],
    sort: { column: 'CRLNumber', descending: true },
    limit: 1,
  })) {
    return {
      rowId: Number(row.get('CRLRowId')),
      number: Number(row.get('CRLNumber')),
      attempts: Number(row.get('CRLPublishAttempts') ?? 0) + 1,
      raw: row.get('CRLRawCRL') as Uint8Array,
      nextUpdate: row.get('CRLNextUpdate') as Date,
      nextPublish: row.get('CRLNextPublish') as Date,
    };
  }
  throw hresult('CERTSRV_E_PROPERTY_EMPTY', 'There is no CRL yet to publish again.', {
    hint: 'certutil -CRL makes one',
  });
}

function publishFlags(failed: readonly string[]): number {
  if (failed.length === 0) return CPF.BASE | CPF.MANUAL | CPF.COMPLETE;
  return failed.reduce((flags, url) => flags | errorFlag(url), CPF.BASE | CPF.MANUAL);
}

function errorFlag(url: string): number {
  if (/^ldap:/i.test(url)) return CPF.LDAP_ERROR;
  return /^https?:/i.test(url) ? CPF.HTTP_ERROR : CPF.FILE_ERROR;
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
