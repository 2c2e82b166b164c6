import type { Directory } from '#ca/ports';
import type { CertificateTemplate } from '#ca/template/certificate-template';
import { generalFlag, hasFlag } from '#ca/template/flags';
import { decodeGuid } from '#ca/template/guid';
import { formatPeriod } from '#ca/template/period';
import { readTemplates } from '#ca/template/templates-in-directory';
import { hresult } from '#hresult/hresult-error';
import { isOid } from '#pki/asn1/object-identifier';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { templateDetails, templateHeading } from './template/lines.ts';

/** `certutil -Template [Template]`: all of the directory's templates, or one by its name or OID; -v tells all of them. */
export async function run({ args, options, out, directory: open }: CertutilContext): Promise<Json> {
  const directory = await open();
  const all = (await readTemplates(directory)).sort((a, b) => (a.cn.toLowerCase() < b.cn.toLowerCase() ? -1 : 1));
  const templates = all
    .map((template, index) => ({ template, index }))
    .filter(({ template }) => isWanted(template, args[0]) && isOfKind(template, options.has('ut'), options.has('mt')));
  if (templates.length === 0) {
    throw hresult('CERTSRV_E_UNSUPPORTED_CERT_TYPE', `The directory has no template ${args[0] ?? ''}.`, {
      hint: 'certutil -Template lists them',
    });
  }
  for (const line of await policyLines(directory)) out(line);
  out(`${templates.length} Templates:`);
  for (const { template, index } of templates) {
    out();
    for (const line of templateHeading(template, index)) out(line);
    if (options.has('v')) for (const line of await templateDetails(template, directory)) out(line);
  }
  return templates.map(({ template }) => templateJson(template));
}

function isWanted({ cn, displayName, oid }: CertificateTemplate, token: string | undefined): boolean {
  if (token === undefined) return true;
  if (isOid(token)) return oid === token;
  return [cn, displayName].some((name) => name.toLowerCase() === token.toLowerCase());
}

/** -ut and -mt; both together are all. */
function isOfKind({ flags }: CertificateTemplate, user: boolean, machine: boolean): boolean {
  if (user === machine) return true;
  return hasFlag(flags, generalFlag('CT_FLAG_MACHINE_TYPE')) === machine;
}

/** The policy server is the directory; its Id is the GUID of the forest's root domain. */
async function policyLines(directory: Directory): Promise<string[]> {
  const root = await directory.object(directory.configurationDN.replace(/^CN=Configuration,/i, ''));
  const guid = root?.attributes.get('objectGUID')?.[0];
  return [
    '  Name: Active Directory Enrollment Policy',
    ...(guid instanceof Uint8Array ? [`  Id: {${decodeGuid(guid).toUpperCase()}}`] : []),
    '  Url: ldap:',
  ];
}

function templateJson(template: CertificateTemplate): Json {
  const { cn, displayName, oid, schemaVersion, revision, minorRevision, extendedKeyUsage, defaultCSPs } = template;
  return {
    commonName: cn,
    displayName,
    oid,
    schemaVersion,
    revision,
    minorRevision,
    extendedKeyUsage,
    defaultCSPs,
    minimalKeySize: template.minimalKeySize,
    flags: template.flags,
    nameFlags: template.nameFlags,
    enrollmentFlags: template.enrollmentFlags,
    privateKeyFlags: template.privateKeyFlags,
    raSignatures: template.raSignatures,
    supersededTemplates: template.supersededTemplates,
    validityPeriod: formatPeriod(template.expirationPeriod),
    renewalPeriod: formatPeriod(template.overlapPeriod),
    permissions: template.permissions.map(({ type, sid, rights }) => ({ type, sid, rights })),
  };
}
