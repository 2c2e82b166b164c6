/** The extensions that say who issued a certificate and where to look that up; the CA adds them to everything it issues. */
import type { CryptoEngine } from '#pki/crypto/engine';
import type { Certificate } from '#pki/x509/certificate';
import { type AccessDescription, id_ad_caIssuers, id_ad_ocsp } from '#pki/x509/extensions/authority-information-access';
import { urlDistributionPoint } from '#pki/x509/extensions/crl-distribution-points';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { keyIdentifier } from '#pki/x509/key-identifier';
import type { Authority } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import { CSURL } from '../config/registry-flags.ts';
import { expandUrl, parsePublicationUrl, type UrlVariables } from '../config/url-variables.ts';
import type { PlannedExtension } from './certificate-plan.ts';
import { plannedExtension } from './planned-extension.ts';

/** The issuer's subjectKeyIdentifier, or SHA-1 of its key where it has none. */
export async function issuerKeyIdentifier(issuer: Certificate, engine: CryptoEngine): Promise<Uint8Array> {
  const { extensions, subjectPublicKeyInfo } = issuer.tbsCertificate;
  return (
    extensionValue(extensions, EXTENSIONS.subjectKeyIdentifier) ?? (await keyIdentifier(subjectPublicKeyInfo, engine))
  );
}

export async function subjectKeyIdentifier(publicKey: Uint8Array, engine: CryptoEngine): Promise<PlannedExtension> {
  const identifier = await keyIdentifier(publicKey, engine);
  return plannedExtension(EXTENSIONS.subjectKeyIdentifier, identifier, { origin: 'SERVER' });
}

/** SKI, AKI, CDP and AIA, in AD CS's order. `revocationInformation` false leaves CDP and AIA out. */
export async function authorityExtensions(
  authority: Authority,
  configuration: Configuration,
  publicKey: Uint8Array,
  revocationInformation = true,
): Promise<PlannedExtension[]> {
  const { engine } = authority.ports;
  const issuer = { keyIdentifier: await issuerKeyIdentifier(authority.current.certificate, engine) };
  const extensions = [
    await subjectKeyIdentifier(publicKey, engine),
    plannedExtension(EXTENSIONS.authorityKeyIdentifier, issuer, { origin: 'SERVER' }),
  ];
  if (!revocationInformation) return extensions;
  const variables = urlVariables(authority, configuration);
  const crlUrls = publicationUrls(configuration.strings('CRLPublicationURLs'), CSURL.ADDTOCERTCDP, variables);
  if (crlUrls.length > 0) {
    const points = [urlDistributionPoint(crlUrls)];
    extensions.push(plannedExtension(EXTENSIONS.cRLDistributionPoints, points, { origin: 'SERVER' }));
  }
  const access = accessDescriptions(configuration, variables);
  if (access.length > 0)
    extensions.push(plannedExtension(EXTENSIONS.authorityInfoAccess, access, { origin: 'SERVER' }));
  return extensions;
}

function accessDescriptions(configuration: Configuration, variables: UrlVariables): AccessDescription[] {
  const entries = configuration.strings('CACertPublicationURLs');
  const describe = (accessMethod: string, flag: number): AccessDescription[] =>
    publicationUrls(entries, flag, variables).map((value) => ({
      accessMethod,
      accessLocation: { type: 'uniformResourceIdentifier', value },
    }));
  return [...describe(id_ad_caIssuers, CSURL.ADDTOCERTCDP), ...describe(id_ad_ocsp, CSURL.ADDTOCERTOCSP)];
}

/** The entries that carry this bit, expanded. */
export function publicationUrls(entries: readonly string[], flag: number, variables: UrlVariables): string[] {
  return entries
    .map(parsePublicationUrl)
    .filter(({ flags }) => (flags & flag) !== 0)
    .map(({ url }) => expandUrl(url, variables));
}

export function urlVariables(authority: Authority, configuration: Configuration, isDelta = false): UrlVariables {
  return {
    serverName: authority.serverName,
    commonName: authority.commonName,
    configurationDN: configuration.string('DSConfigDN') ?? '',
    certificateIndex: authority.current.index,
    keyIndex: authority.current.keyIndex,
    isDelta,
  };
}
