/** The CA's properties: MS-WCCE 3.2.1.4.3.2. */
import type { CaInfo, KraCertificateInfo } from './api.ts';
import type { Authority } from './authority.ts';
import { readConfiguration } from './config/configuration.ts';
import { sanitizeShortName } from './config/sanitized-name.ts';
import { kraStates } from './kra/load-kras.ts';

export const PRODUCT_VERSION = '0.1.0';

const CA_DISP_VALID = 3;
const CA_DISP_INVALID = 4;
/** CR_PROP_SUBJECTTEMPLATE_OIDS: the highest property this CA answers. */
const PROP_ID_MAX = 0x2d;

export async function caInfo(authority: Authority): Promise<CaInfo> {
  const { clock, database } = authority.ports;
  const configuration = await readConfiguration(database);
  const shortName = sanitizeShortName(authority.commonName);
  const { templates, published } = authority.enterprise
    ? await authority.templates.read()
    : { templates: [], published: [] };
  const now = clock.now();
  return {
    commonName: authority.commonName,
    sanitizedName: authority.sanitizedName,
    sanitizedShortName: shortName,
    dnsName: authority.serverName,
    caType: configuration.dword('CAType') ?? 0,
    productVersion: PRODUCT_VERSION,
    policyDescription: authority.enterprise ? 'Enterprise policy: templates' : 'Stand-alone policy',
    exitDescriptions: ['Publication to the directory'],
    certificates: authority.certificates.map(({ index, keyIndex, certificate }) => {
      const { notBefore, notAfter } = certificate.tbsCertificate.validity;
      return {
        index,
        keyIndex,
        certificate: certificate.raw,
        state: now >= notBefore && now <= notAfter ? CA_DISP_VALID : CA_DISP_INVALID,
      };
    }),
    crls: [await newestCrl(authority)],
    kraUsed: configuration.dword('KRACertCount') ?? 0,
    kras: await kraInfos(authority),
    roleSeparationEnabled: (authority.started.dword('RoleSeparationEnabled') ?? 0) !== 0,
    advancedServer: true,
    templates: published.map((cn) => ({
      commonName: cn,
      oid: templates.find((template) => template.cn.toLowerCase() === cn.toLowerCase())?.oid ?? '',
    })),
    parentCa: undefined,
    propIdMax: PROP_ID_MAX,
  };
}

function kraInfos(authority: Authority): Promise<readonly KraCertificateInfo[]> {
  return kraStates(authority);
}

async function newestCrl(authority: Authority): Promise<CaInfo['crls'][number]> {
  for await (const row of authority.ports.database.view({
    table: 'CRLs',
    columns: ['CRLNumber', 'CRLRawCRL', 'CRLPublishFlags'],
    restrictions: [{ column: 'CRLRawCRL', operator: '!=', value: null }],
    sort: { column: 'CRLNumber', descending: true },
    limit: 1,
  })) {
    return {
      keyIndex: authority.current.keyIndex,
      crl: (row.get('CRLRawCRL') as Uint8Array | null) ?? undefined,
      publishStatus: Number(row.get('CRLPublishFlags') ?? 0),
    };
  }
  return { keyIndex: authority.current.keyIndex, crl: undefined, publishStatus: 0 };
}
