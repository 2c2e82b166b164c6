/** A base CRL, issued and handed to each of its places on its own. MS-CSRA 3.1.4.1.6. */
import { HresultError } from '#hresult/hresult-error';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import { audit } from '../audit/audit.ts';
import type { Authority } from '../authority.ts';
import { type Configuration, readConfiguration } from '../config/configuration.ts';
import { CSURL } from '../config/registry-flags.ts';
import { publicationUrls, urlVariables } from '../issue/authority-extensions.ts';
import { CPF } from '../schema/dispositions.ts';
import { issueBaseCrl } from './issue-crl.ts';

/** Throws what lint, key and database say; a place that cannot be written is told in the CRL's row and by event 65. */
export function publishBaseCrl(authority: Authority, requestedBy: string): Promise<void> {
  return authority.crlTurn.take(() => publish(authority, requestedBy));
}

async function publish(authority: Authority, requestedBy: string): Promise<void> {
  const { clock, database } = authority.ports;
  const configuration = await readConfiguration(database);
  const now = clock.now();
  const { rowId, number, count, raw, nextUpdate, nextPublish } = await issueBaseCrl(authority, configuration);
  const results = await publishEverywhere(authority, configuration, raw);
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
        CRLPublishFlags: publishFlags(failed.map(({ url }) => url)),
        CRLPublishStatusCode: failed[0]?.error?.hresult ?? 0,
        CRLPublishError: failed.map(({ url, error }) => `${url}: ${error!.message}`).join('\n') || null,
      },
    },
    ...audit(context, 'crlRequested', [nextUpdate.toISOString(), nextPublish.toISOString(), '']),
    ...audit(context, 'crlPublished', [
      'Yes',
      String(number),
      authority.current.key.container,
      nextPublish.toISOString(),
      results.map(({ url }) => url).join('; '),
    ]),
    ...failed.map(({ url, error }) => ({
      append: 'Events' as const,
      record: applicationEvent(now, 65, String(authority.current.keyIndex), url, statusText(error!)),
    })),
  ]);
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
