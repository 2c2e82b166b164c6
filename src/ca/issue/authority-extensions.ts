/** The extensions that say who issued a certificate and where to look that up; the CA adds them to everything it issues. */
import type { CryptoEngine } from '#pki/crypto/engine';
import type { Certificate } from '#pki/x509/certificate';
import { findExtension } from '#pki/x509/extension';
import {
  type AccessDescription,
  encodeAuthorityInformationAccess,
  id_ad_caIssuers,
  id_ad_ocsp,
} from '#pki/x509/extensions/authority-information-access';
import { encodeAuthorityKeyIdentifier } from '#pki/x509/extensions/authority-key-identifier';
import { encodeCrlDistributionPoints, urlDistributionPoint } from '#pki/x509/extensions/crl-distribution-points';
import { decodeSubjectKeyIdentifier, encodeSubjectKeyIdentifier } from '#pki/x509/extensions/subject-key-identifier';
import { keyIdentifier } from '#pki/x509/key-identifier';
import type { Authority } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import { CSURL } from '../config/registry-flags.ts';
import { expandUrl, parsePublicationUrl, type UrlVariables } from '../config/url-variables.ts';
import type { PlannedExtension } from './certificate-plan.ts';
import { plannedExtension } from './planned-extension.ts';

const id_ce_subjectKeyIdentifier = '2.5.29.14';
const id_ce_cRLDistributionPoints = '2.5.29.31';
const id_ce_authorityKeyIdentifier = '2.5.29.35';
const id_pe_authorityInfoAccess = '1.3.6.1.5.5.7.1.1';

/** The issuer's subjectKeyIdentifier, or SHA-1 of its key where it has none. */
export async function issuerKeyIdentifier(issuer: Certificate, engine: CryptoEngine): Promise<Uint8Array> {
  const extension = findExtension(issuer.tbsCertificate.extensions, id_ce_subjectKeyIdentifier);
  if (extension) return decodeSubjectKeyIdentifier(extension.extnValue);
  return keyIdentifier(issuer.tbsCertificate.subjectPublicKeyInfo, engine);
}

export async function subjectKeyIdentifier(publicKey: Uint8Array, engine: CryptoEngine): Promise<PlannedExtension> {
  return plannedExtension(
    id_ce_subjectKeyIdentifier,
    encodeSubjectKeyIdentifier(await keyIdentifier(publicKey, engine)),
    { origin: 'SERVER' },
  );
}

/** SKI, AKI, CDP and AIA, in AD CS's order. `revocationInformation` false leaves CDP and AIA out. */
export async function authorityExtensions(
  authority: Authority,
  configuration: Configuration,
  publicKey: Uint8Array,
  revocationInformation = true,
): Promise<PlannedExtension[]> {
  const { engine } = authority.ports;
  const { certificate } = authority.current;
  const extensions = [
    await subjectKeyIdentifier(publicKey, engine),
    plannedExtension(
      id_ce_authorityKeyIdentifier,
      encodeAuthorityKeyIdentifier({ keyIdentifier: await issuerKeyIdentifier(certificate, engine) }),
      { origin: 'SERVER' },
    ),
  ];
  if (!revocationInformation) return extensions;
  const variables = urlVariables(authority, configuration);
  const crlUrls = publicationUrls(configuration.strings('CRLPublicationURLs'), CSURL.ADDTOCERTCDP, variables);
  if (crlUrls.length > 0) {
    const points = encodeCrlDistributionPoints([urlDistributionPoint(crlUrls)]);
    extensions.push(plannedExtension(id_ce_cRLDistributionPoints, points, { origin: 'SERVER' }));
  }
  const access = accessDescriptions(configuration, variables);
  if (access.length > 0) {
    extensions.push(
      plannedExtension(id_pe_authorityInfoAccess, encodeAuthorityInformationAccess(access), { origin: 'SERVER' }),
    );
  }
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
