/** The template CAExchange, where the directory has it: extensions and periods, never the provider. Document 004. */
import { hresult } from '#hresult/hresult-error';
import { szOID_KP_CA_EXCHANGE } from '#pki/asn1/oid-table';
import { publicKeyKind } from '#pki/crypto/public-key';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import type { Authority } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import { type Period, parsePeriod } from '../config/period.ts';
import { CRLF } from '../config/registry-flags.ts';
import { authorityExtensions } from '../issue/authority-extensions.ts';
import type { PlannedExtension } from '../issue/certificate-plan.ts';
import { plannedExtension } from '../issue/planned-extension.ts';
import { templateExtensions, wantsRevocationInformation } from '../policy/template-extensions.ts';
import type { RegistryValue } from '../ports.ts';
import { hasRight } from '../template/access.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { findTemplate } from '../template/matching.ts';
import { formatPeriod } from '../template/period.ts';
import { SID_AUTHENTICATED_USERS, SID_EVERYONE } from '../template/well-known-sids.ts';

const TEMPLATE = 'CAExchange';

/**
 * Undefined where it is not available and need not be. CRLF_USE_XCHG_CERT_TEMPLATE demands it, and Enroll for the CA's
 * account: then throws CERTSRV_E_UNSUPPORTED_CERT_TYPE or CERTSRV_E_TEMPLATE_DENIED.
 */
export async function exchangeTemplate(
  authority: Authority,
  configuration: Configuration,
): Promise<CertificateTemplate | undefined> {
  const template = findTemplate((await authority.templates.read()).templates, TEMPLATE);
  if (!configuration.hasFlag('CRLFlags', CRLF.USE_XCHG_CERT_TEMPLATE)) return template;
  if (template === undefined) {
    throw hresult(
      'CERTSRV_E_UNSUPPORTED_CERT_TYPE',
      `CRLF_USE_XCHG_CERT_TEMPLATE is set, and the directory has no template ${TEMPLATE}.`,
      { hint: 'certutil -setreg CA\\CRLFlags -CRLF_USE_XCHG_CERT_TEMPLATE' },
    );
  }
  if (!hasRight(template, await ownSids(authority), 'enroll')) {
    throw hresult(
      'CERTSRV_E_TEMPLATE_DENIED',
      `The account of ${authority.serverName} may not enroll for ${TEMPLATE}.`,
      {
        hint: `certhaven template permit ${TEMPLATE} <the account of ${authority.serverName}> read enroll`,
      },
    );
  }
  return template;
}

/** The CA runs as LOCAL SYSTEM, which is its machine's account in the directory, where it has one. */
async function ownSids({ serverName, ports: { directory } }: Authority): Promise<readonly string[]> {
  const host = serverName.split('.')[0]!.toUpperCase();
  const found = await directory.findPrincipals(`${directory.domain.netbiosName}\\${host}$`);
  const machine = found.find(
    ({ kind, object }) =>
      kind === 'computer' &&
      String(object.attributes.get('dNSHostName')?.[0]).toLowerCase() === serverName.toLowerCase(),
  );
  return machine ? [machine.sid, ...machine.groupSids] : [SID_EVERYONE, SID_AUTHENTICATED_USERS];
}

export interface ExchangePeriods {
  readonly validity: Period;
  readonly overlap: Period;
}

/** The template's, else those of the registry. */
export function exchangePeriods(
  template: CertificateTemplate | undefined,
  configuration: Configuration,
): ExchangePeriods {
  return {
    validity: periodOf(template?.expirationPeriod) ?? registryPeriod(configuration, 'Validity', 'Weeks'),
    overlap: periodOf(template?.overlapPeriod) ?? registryPeriod(configuration, 'Overlap', 'Days'),
  };
}

function periodOf(period: CertificateTemplate['overlapPeriod'] | undefined): Period | undefined {
  if (period === undefined) return undefined;
  const [count, unit] = formatPeriod(period).split(' ');
  return parsePeriod(unit!, Number(count));
}

function registryPeriod(configuration: Configuration, which: 'Validity' | 'Overlap', unit: string): Period {
  return parsePeriod(
    configuration.string(`CAXchg${which}Period`) ?? unit,
    configuration.dword(`CAXchg${which}PeriodUnits`) ?? 1,
  );
}

/** The registry values that say otherwise: rewritten, so that nothing changes should the template be gone one day. */
export function rewrittenPeriods(
  { validity, overlap }: ExchangePeriods,
  configuration: Configuration,
): { name: string; value: RegistryValue }[] {
  const wanted: { name: string; value: RegistryValue }[] = [
    { name: 'CAXchgValidityPeriod', value: { type: 'REG_SZ', data: validity.unit } },
    { name: 'CAXchgValidityPeriodUnits', value: { type: 'REG_DWORD', data: validity.count } },
    { name: 'CAXchgOverlapPeriod', value: { type: 'REG_SZ', data: overlap.unit } },
    { name: 'CAXchgOverlapPeriodUnits', value: { type: 'REG_DWORD', data: overlap.count } },
  ];
  return wanted.filter(({ name, value }) => configuration.value(name)?.data !== value.data);
}

/** Throws CERT_E_WRONG_USAGE where the template was changed to something no client would seal a key to. */
export async function exchangeExtensions(
  authority: Authority,
  configuration: Configuration,
  template: CertificateTemplate | undefined,
  publicKey: Uint8Array,
): Promise<PlannedExtension[]> {
  const policies = extensionValue(
    authority.current.certificate.tbsCertificate.extensions,
    EXTENSIONS.certificatePolicies,
  );
  const extensions = template ? extensionsOfTemplate(template, publicKey) : builtInExtensions(publicKey);
  if (policies && extensionValue(extensions, EXTENSIONS.certificatePolicies) === undefined)
    extensions.push(plannedExtension(EXTENSIONS.certificatePolicies, policies, { origin: 'CACERT' }));
  requireExchangeUsage(extensions);
  const revocation = template === undefined || wantsRevocationInformation(template);
  return [...extensions, ...(await authorityExtensions(authority, configuration, publicKey, revocation))];
}

function extensionsOfTemplate(template: CertificateTemplate, publicKey: Uint8Array): PlannedExtension[] {
  const planned = templateExtensions(template, {
    publicKey,
    subjectAltName: [],
    isSubjectEmpty: false,
    sid: '',
    requested: [],
  });
  // Not what comes from a requester: there is none. And by name too, as the sample of MS-WSTEP 4 has it.
  const left: readonly string[] = [EXTENSIONS.ntdsCaSecurity.oid, EXTENSIONS.sMIMECapabilities.oid];
  const extensions = planned.filter(({ extnID }) => !left.includes(extnID));
  const isNamed = extensions.some(({ extnID }) => extnID === EXTENSIONS.enrollCertType.oid);
  const place = extensions.findIndex(({ extnID }) => extnID === EXTENSIONS.certificateTemplate.oid);
  return isNamed ? extensions : extensions.toSpliced(place, 0, plannedExtension(EXTENSIONS.enrollCertType, TEMPLATE));
}

function builtInExtensions(publicKey: Uint8Array): PlannedExtension[] {
  const isRsa = publicKeyKind(publicKey).type === 'rsa';
  return [
    plannedExtension(EXTENSIONS.keyUsage, isRsa ? KEY_USAGE.keyEncipherment : KEY_USAGE.keyAgreement),
    plannedExtension(EXTENSIONS.extKeyUsage, [szOID_KP_CA_EXCHANGE]),
    plannedExtension(EXTENSIONS.enrollCertType, TEMPLATE),
    plannedExtension(EXTENSIONS.applicationPolicies, [{ policyIdentifier: szOID_KP_CA_EXCHANGE }]),
  ];
}

function requireExchangeUsage(extensions: readonly PlannedExtension[]): void {
  const purposes = extensionValue(extensions, EXTENSIONS.extKeyUsage) ?? [];
  const usage = extensionValue(extensions, EXTENSIONS.keyUsage) ?? 0;
  if (purposes.includes(szOID_KP_CA_EXCHANGE) && (usage & (KEY_USAGE.keyEncipherment | KEY_USAGE.keyAgreement)) !== 0)
    return;
  throw hresult('CERT_E_WRONG_USAGE', `Template ${TEMPLATE} makes no certificate that keys can be sealed to.`, {
    hint: `give it the purpose CA exchange (${szOID_KP_CA_EXCHANGE}) and key encipherment again`,
  });
}
