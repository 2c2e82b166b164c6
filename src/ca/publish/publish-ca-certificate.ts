/** The CA's own certificate to the places of CACertPublicationURLs, so that its chain can be built. MS-WCCE 3.2.2.2. */
import { formatHex } from '#pki/asn1/bytes';
import { audit } from '../audit/audit.ts';
import type { Authority } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import { CSURL } from '../config/registry-flags.ts';
import { publicationUrls, urlVariables } from '../issue/authority-extensions.ts';

/** Throws what the first place that cannot be written throws. */
export async function publishCaCertificate(authority: Authority, requestedBy: string): Promise<void> {
  const { clock, database, engine, publisher } = authority.ports;
  const configuration = await readConfiguration(database);
  const { certificate } = authority.current;
  const places = publicationUrls(
    configuration.strings('CACertPublicationURLs'),
    CSURL.SERVERPUBLISH,
    urlVariables(authority, configuration),
  );
  for (const place of places) await publisher.publish(place, certificate.raw);
  const { notBefore, notAfter } = certificate.tbsCertificate.validity;
  const hash = formatHex(await engine.digest('sha1', certificate.raw));
  const context = { time: clock.now(), subject: requestedBy, configuration };
  await database.commit(
    audit(context, 'caCertificatePublished', [hash, notBefore.toISOString(), notAfter.toISOString()]),
  );
}
