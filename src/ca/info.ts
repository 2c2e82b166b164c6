/** The CA's properties: MS-WCCE 3.2.1.4.3.2. */
import { HresultError } from '#hresult/hresult-error';
import type { CaCertificateInfo, CaInfo, CrlInfo } from './api.ts';
import type { Authority } from './authority.ts';
import type { CaCertificate } from './ca-certificate.ts';
import { validateChain } from './chain/validate-chain.ts';
import { type Configuration, readConfiguration } from './config/configuration.ts';
import { CSURL } from './config/registry-flags.ts';
import { sanitizeShortName } from './config/sanitized-name.ts';
import { newestCrl } from './crl/newest-crl.ts';
import { publicationUrls, urlVariables } from './issue/authority-extensions.ts';
import { subjectAttributeType } from './issue/name-columns.ts';
import { kraStates } from './kra/kra-states.ts';
import { caChain } from './request/outcome.ts';

export const PRODUCT_VERSION = '0.1.0';

const CA_DISP_REVOKED = 2;
const CA_DISP_VALID = 3;
const CA_DISP_INVALID = 4;
/** CR_PROP_SUBJECTTEMPLATE_OIDS: the highest property this CA answers. */
const PROP_ID_MAX = 0x2d;

export async function caInfo(authority: Authority): Promise<CaInfo> {
  const { database } = authority.ports;
  const configuration = await readConfiguration(database);
  const shortName = sanitizeShortName(authority.commonName);
  const { templates, published } = authority.enterprise
    ? await authority.templates.read()
    : { templates: [], published: [] };
  return {
    commonName: authority.commonName,
    sanitizedName: authority.sanitizedName,
    sanitizedShortName: shortName,
    dnsName: authority.serverName,
    caType: configuration.dword('CAType') ?? 0,
    productVersion: PRODUCT_VERSION,
    policyDescription: authority.enterprise ? 'Enterprise policy: templates' : 'Stand-alone policy',
    exitDescriptions: ['Publication to the directory'],
    certificates: await Promise.all(
      authority.certificates.map((certificate) => certificateInfo(authority, configuration, certificate)),
    ),
    crls: await crlsOfKeys(authority, 'base'),
    deltaCrls: (await crlsOfKeys(authority, 'delta')).filter(({ crl }) => crl !== undefined),
    kraUsed: kraUsed(configuration),
    kras: await kraStates(authority),
    roleSeparationEnabled: (authority.started.dword('RoleSeparationEnabled') ?? 0) !== 0,
    advancedServer: true,
    templates: published.map((cn) => ({
      commonName: cn,
      oid: templates.find((template) => template.cn.toLowerCase() === cn.toLowerCase())?.oid ?? '',
    })),
    parentCa: undefined,
    localeName: 'en-US',
    subjectTemplateOids: configuration.strings('SubjectTemplate').flatMap((name) => subjectAttributeType(name) ?? []),
    propIdMax: PROP_ID_MAX,
  };
}

async function certificateInfo(
  authority: Authority,
  configuration: Configuration,
  own: CaCertificate,
): Promise<CaCertificateInfo> {
  const { index, keyIndex, certificate } = own;
  const error = await chainError(authority, own);
  const variables = { ...urlVariables(authority, configuration), certificateIndex: index, keyIndex };
  const caUrls = (flag: number) => publicationUrls(configuration.strings('CACertPublicationURLs'), flag, variables);
  return {
    index,
    keyIndex,
    certificate: certificate.raw,
    state: stateOf(own, error, authority.ports.clock.now()),
    statusCode: error?.hresult ?? 0,
    chain: caChain({ current: own }),
    ocspUrls: caUrls(CSURL.ADDTOCERTOCSP),
    aiaUrls: caUrls(CSURL.ADDTOCERTCDP),
    cdpUrls: publicationUrls(configuration.strings('CRLPublicationURLs'), CSURL.ADDTOCERTCDP, variables),
  };
}

/** A value of another type switches archival off, and is no reason to tell nothing of the CA. */
function kraUsed(configuration: Configuration): number {
  const value = configuration.value('KRACertCount');
  return value?.type === 'REG_DWORD' ? value.data : 0;
}

/** MS-WCCE 3.2.1.4.3.2.34: what the validation of the CA's own certificate says. */
async function chainError(authority: Authority, { certificate }: CaCertificate): Promise<HresultError | undefined> {
  try {
    await validateChain(authority, certificate);
    return undefined;
  } catch (error) {
    if (error instanceof HresultError) return error;
    throw error;
  }
}

function stateOf({ certificate }: CaCertificate, error: HresultError | undefined, now: Date): number {
  if (error?.symbol === 'CRYPT_E_REVOKED') return CA_DISP_REVOKED;
  const { notBefore, notAfter } = certificate.tbsCertificate.validity;
  return now >= notBefore && now <= notAfter ? CA_DISP_VALID : CA_DISP_INVALID;
}

/** MS-WCCE 3.2.1.4.3.2.17: one a key, in the order of the keys. */
async function crlsOfKeys({ certificates, ports }: Authority, kind: 'base' | 'delta'): Promise<CrlInfo[]> {
  const keyIndexes = [...new Set(certificates.map(({ keyIndex }) => keyIndex))];
  return Promise.all(
    keyIndexes.map(async (keyIndex) => {
      const newest = await newestCrl(ports.database, keyIndex, kind);
      return { keyIndex, crl: newest?.raw, publishStatus: newest?.publishStatus ?? 0 };
    }),
  );
}
