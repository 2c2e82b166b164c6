/** The properties of a CA that -CAInfo shows, one row each, in the order and with the labels of Microsoft's reference. */
import type { CaInfo } from '#ca/api';
import type { CaProperty, PropertySource } from './property.ts';
import {
  CA_DISP_TEXTS,
  caInfoStructure,
  caType,
  certVersion,
  chain,
  crlState,
  der,
  KRA_DISP_TEXTS,
  number,
  objectIds,
  publishStatus,
  state,
  statusCode,
  text,
  urls,
} from './values.ts';

const certCount = (info: CaInfo) => info.certificates.length;
const kraCount = (info: CaInfo) => info.kras.length;
/** MS-WCCE 3.2.1.4.3.2.35 and .36: a CA that keeps no cross certificates has neither them nor states of them. */
const none = () => 0;

const exchangeChain = async ({ exchange }: PropertySource) => {
  const { certificate, chain } = await exchange();
  return [certificate, ...chain];
};
const newestCrls = ({ crls }: CaInfo) => crls.flatMap(({ crl }) => crl ?? []);

export const CA_PROPERTIES: readonly CaProperty[] = [
  { name: 'file', label: 'File version', read: ({ info }) => text(info.productVersion) },
  { name: 'product', label: 'Product version', read: ({ info }) => text(info.productVersion) },
  { name: 'exitcount', label: 'Exit module count', read: ({ info }) => number(info.exitDescriptions.length) },
  {
    name: 'exit',
    label: 'Exit module description',
    count: (info) => info.exitDescriptions.length,
    read: ({ info }, index) => text(info.exitDescriptions[index]),
  },
  { name: 'policy', label: 'Policy module description', read: ({ info }) => text(info.policyDescription) },
  { name: 'name', label: 'CA name', read: ({ info }) => text(info.commonName) },
  { name: 'sanitizedname', label: 'Sanitized CA name', read: ({ info }) => text(info.sanitizedName) },
  { name: 'dsname', label: 'Sanitized CA short name (DS name)', read: ({ info }) => text(info.sanitizedShortName) },
  // MS-WCCE 3.2.1.4.3.2.8: a CA without a shared configuration folder answers that it is not there.
  { name: 'sharedfolder', label: 'Shared folder', read: () => undefined },
  { name: 'type', label: 'CA type', read: ({ info }) => caType(info.caType) },
  { name: 'info', label: 'CA info', isBinary: true, read: ({ info }) => caInfoStructure(info) },
  { name: 'parent', label: 'Parent CA', read: ({ info }) => text(info.parentCa) },
  { name: 'certcount', label: 'CA cert count', read: ({ info }) => number(info.certificates.length) },
  { name: 'xchgcount', label: 'CA exchange cert count', read: () => number(1) },
  { name: 'kracount', label: 'KRA cert count', read: ({ info }) => number(info.kras.length) },
  { name: 'kraused', label: 'KRA cert used count', read: ({ info }) => number(info.kraUsed) },
  { name: 'propidmax', label: 'Maximum CA PropId', read: ({ info }) => number(info.propIdMax) },
  {
    name: 'certstate',
    label: 'CA cert',
    count: certCount,
    read: ({ info }, index) => state(info.certificates[index]!.state, CA_DISP_TEXTS),
  },
  {
    name: 'certversion',
    label: 'CA cert version',
    count: certCount,
    read: ({ info }, index) => certVersion(info.certificates[index]!),
  },
  {
    name: 'certstatuscode',
    label: 'CA cert verify status',
    count: certCount,
    read: ({ info }, index) => statusCode(info.certificates[index]!.statusCode),
  },
  {
    name: 'crlstate',
    label: 'CRL',
    count: (info) => info.crls.length,
    read: ({ info, now }, index) => crlState(info.crls[index]!.crl, now),
  },
  {
    name: 'krastate',
    label: 'KRA cert',
    count: kraCount,
    read: ({ info }, index) => state(info.kras[index]!.state, KRA_DISP_TEXTS),
  },
  { name: 'crossstate+', label: 'Forward cross cert', count: none, read: () => undefined },
  { name: 'crossstate-', label: 'Backward cross cert', count: none, read: () => undefined },
  {
    name: 'cert',
    label: 'CA cert',
    count: certCount,
    isBinary: true,
    read: ({ info }, index) => der(info.certificates[index]!.certificate, 'CERTIFICATE'),
  },
  {
    name: 'certchain',
    label: 'CA cert chain',
    count: certCount,
    isBinary: true,
    read: ({ info }, index) => chain(info.certificates[index]!.chain),
  },
  {
    name: 'certcrlchain',
    label: 'CA cert chain with CRLs',
    count: certCount,
    isBinary: true,
    read: ({ info }, index) => chain(info.certificates[index]!.chain, newestCrls(info)),
  },
  {
    name: 'xchg',
    label: 'CA exchange cert',
    count: () => 1,
    isBinary: true,
    read: async ({ exchange }) => der((await exchange()).certificate, 'CERTIFICATE'),
  },
  {
    name: 'xchgchain',
    label: 'CA exchange cert chain',
    count: () => 1,
    isBinary: true,
    read: async (source) => chain(await exchangeChain(source)),
  },
  {
    name: 'xchgcrlchain',
    label: 'CA exchange cert chain with CRLs',
    count: () => 1,
    isBinary: true,
    read: async (source) => chain(await exchangeChain(source), newestCrls(source.info)),
  },
  {
    name: 'kra',
    label: 'KRA cert',
    count: kraCount,
    isBinary: true,
    read: ({ info }, index) => der(info.kras[index]!.certificate, 'CERTIFICATE'),
  },
  { name: 'cross+', label: 'Forward cross cert', count: none, isBinary: true, read: () => undefined },
  { name: 'cross-', label: 'Backward cross cert', count: none, isBinary: true, read: () => undefined },
  {
    name: 'CRL',
    label: 'Base CRL',
    count: (info) => info.crls.length,
    isBinary: true,
    read: ({ info }, index) => der(info.crls[index]!.crl, 'X509 CRL'),
  },
  {
    name: 'deltacrl',
    label: 'Delta CRL',
    count: (info) => info.deltaCrls.length,
    isBinary: true,
    read: ({ info }, index) => der(info.deltaCrls[index]!.crl, 'X509 CRL'),
  },
  {
    name: 'crlstatus',
    label: 'CRL Publish Status',
    count: (info) => info.crls.length,
    read: ({ info }, index) => publishStatus(info.crls[index]!.publishStatus),
  },
  {
    name: 'deltacrlstatus',
    label: 'Delta CRL Publish Status',
    count: (info) => info.deltaCrls.length,
    read: ({ info }, index) => publishStatus(info.deltaCrls[index]!.publishStatus),
  },
  { name: 'dns', label: 'DNS Name', read: ({ info }) => text(info.dnsName) },
  { name: 'role', label: 'Role Separation', read: ({ info }) => number(info.roleSeparationEnabled ? 1 : 0) },
  { name: 'ads', label: 'Advanced Server', read: ({ info }) => number(info.advancedServer ? 1 : 0) },
  {
    name: 'templates',
    label: 'Templates',
    read: ({ info }) => ({
      text: '',
      more: info.templates.map(({ commonName, oid }) => `    ${commonName} -- ${oid}`),
      value: info.templates.map(({ commonName, oid }) => ({ commonName, oid })),
    }),
  },
  {
    name: 'ocsp',
    label: 'OCSP URLs',
    count: certCount,
    read: ({ info }, index) => urls(info.certificates[index]!.ocspUrls),
  },
  {
    name: 'aia',
    label: 'AIA URLs',
    count: certCount,
    read: ({ info }, index) => urls(info.certificates[index]!.aiaUrls),
  },
  {
    name: 'cdp',
    label: 'CDP URLs',
    count: certCount,
    read: ({ info }, index) => urls(info.certificates[index]!.cdpUrls),
  },
  { name: 'localename', label: 'CA locale name', read: ({ info }) => text(info.localeName) },
  {
    name: 'subjecttemplateoids',
    label: 'Subject Template OIDs',
    read: ({ info }) => objectIds(info.subjectTemplateOids),
  },
];
