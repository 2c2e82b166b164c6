/** Base CRLs, one for each key of the CA, issued and handed to each of their places on its own. MS-CSRA 3.1.4.2.1 PublishCRLs. */
import { HresultError, hresult } from '#hresult/hresult-error';
import type { CrlRequest } from '../api.ts';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import { type AuditContext, audit } from '../audit/audit.ts';
import { verboseEvent } from '../audit/verbose-event.ts';
import type { Authority } from '../authority.ts';
import type { CurrentCa } from '../ca-certificate.ts';
import { type Configuration, readConfiguration } from '../config/configuration.ts';
import { CSURL } from '../config/registry-flags.ts';
import { publicationUrls, urlVariables } from '../issue/authority-extensions.ts';
import type { Write } from '../ports.ts';
import { CPF } from '../schema/dispositions.ts';
import { crlIssuers } from './crl-issuers.ts';
import { type CrlTimes, issueBaseCrl, nextCrlNumber } from './issue-crl.ts';
import { newestCrl } from './newest-crl.ts';

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

/** One a key; a key that cannot sign keeps none of the others from it, and what the newest one says is thrown. */
async function publish(authority: Authority, requestedBy: string, request: CrlRequest): Promise<void> {
  const { clock, database } = authority.ports;
  requireLife(request);
  const configuration = await readConfiguration(database);
  const context = { time: clock.now(), subject: requestedBy, configuration };
  const make = request.republish ? republished : await newCrls(authority, request);
  let refusal: unknown;
  for (const issuer of crlIssuers(authority)) {
    try {
      const crl = await make(authority, context, issuer);
      if (crl) await handOut(authority, context, issuer, crl);
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      if (issuer.index === authority.current.index) refusal = error;
    }
  }
  if (refusal) throw refusal;
}

async function handOut(
  authority: Authority,
  context: AuditContext,
  issuer: CurrentCa,
  { rowId, number, attempts, raw, nextPublish }: PublishedCrl,
): Promise<void> {
  const { clock, database } = authority.ports;
  const key = String(issuer.keyIndex);
  authority.ownRevocation.forget();
  const results = await publishEverywhere(authority, context.configuration, issuer, raw);
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
      issuer.key.container,
      nextPublish.toISOString(),
      results.map(({ url }) => url).join('; '),
    ]),
    ...(failed.length === 0 ? verboseEvent(context, 68, key) : []),
    ...failed.map(({ url, error }) => ({
      append: 'Events' as const,
      record: applicationEvent(context.time, 65, key, url, statusText(error!)),
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

function requireLife({ life }: CrlRequest): void {
  if (life !== undefined && !(life > 0 && life <= LONGEST_LIFE)) {
    throw hresult('ERROR_INVALID_PARAMETER', 'A CRL lives for an hour at least, and for a hundred years at most.', {
      hint: 'write days and hours: certutil -CRL 7:00',
    });
  }
}

type MakeCrl = (authority: Authority, context: AuditContext, issuer: CurrentCa) => Promise<PublishedCrl | undefined>;

async function newCrls(authority: Authority, request: CrlRequest): Promise<MakeCrl> {
  const number = await nextCrlNumber(authority);
  return async (_, context, issuer) => {
    try {
      const wanted = { ...request, issuer, number };
      const issued = await issueBaseCrl(authority, context.configuration, wanted, (times) => requested(context, times));
      return { ...issued, attempts: 1 };
    } catch (error) {
      if (error instanceof HresultError) {
        const event = applicationEvent(authority.ports.clock.now(), 130, statusText(error));
        await authority.unfinished.tell(authority, event);
      }
      throw error;
    }
  };
}

/** The newest one that was signed; an older key may have none. */
async function republished(
  { current, ports: { database } }: Authority,
  context: AuditContext,
  { keyIndex }: CurrentCa,
): Promise<PublishedCrl | undefined> {
  const latest = await newestCrl(database, keyIndex);
  if (latest === undefined) {
    if (keyIndex !== current.keyIndex) return undefined;
    throw hresult('CERTSRV_E_PROPERTY_EMPTY', 'There is no CRL yet to publish again.', {
      hint: 'certutil -CRL makes one',
    });
  }
  const crl = { ...latest, nextPublish: latest.nextPublish ?? latest.nextUpdate, attempts: latest.publishAttempts + 1 };
  await database.commit(requested(context, crl));
  return crl;
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
  { index, keyIndex }: CurrentCa,
  crl: Uint8Array,
): Promise<PublishResult[]> {
  const variables = { ...urlVariables(authority, configuration), certificateIndex: index, keyIndex };
  const urls = publicationUrls(configuration.strings('CRLPublicationURLs'), CSURL.SERVERPUBLISH, variables);
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
