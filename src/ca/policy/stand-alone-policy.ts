/** The default policy module of a stand-alone CA: no templates; requests wait for a manager unless configured otherwise. */
import { HresultError, hresult } from '#hresult/hresult-error';
import { isOid } from '#pki/asn1/object-identifier';
import { valueOfName } from '#pki/cmc/name-value-pairs';
import type { Certificate } from '#pki/x509/certificate';
import { type Extension, findExtension } from '#pki/x509/extension';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { findUserPrincipalName } from '#pki/x509/general-name';
import { isEmptyName } from '#pki/x509/name';
import type { Authority, Caller } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import { EDITF, REQDISP } from '../config/registry-flags.ts';
import { POLICY_MODULE } from '../config/registry-values.ts';
import { authorityExtensions } from '../issue/authority-extensions.ts';
import type { PlannedExtension } from '../issue/certificate-plan.ts';
import { plannedExtension } from '../issue/planned-extension.ts';
import type { Intake } from '../request/intake.ts';
import { EXTENSION_ORIGIN } from '../schema/extension-flags.ts';
import type { Decision } from './decision.ts';
import { withoutDisabled } from './disabled-extensions.ts';
import { renewedCertificate, renewedNames } from './renewal.ts';
import { pendsByConfiguration } from './request-disposition.ts';
import { requireProvenKey } from './subordination.ts';
import { plannedValidity } from './validity.ts';

/** What the CA writes itself; a requester's version of these is dropped. */
const OWN_EXTENSIONS: ReadonlySet<string> = new Set([
  EXTENSIONS.subjectKeyIdentifier.oid,
  EXTENSIONS.authorityKeyIdentifier.oid,
  EXTENSIONS.cRLDistributionPoints.oid,
  EXTENSIONS.authorityInfoAccess.oid,
  EXTENSIONS.ntdsCaSecurity.oid,
]);

export async function decideStandAlone(
  authority: Authority,
  configuration: Configuration,
  request: { readonly intake: Intake; readonly requester: Caller; readonly approved: boolean },
): Promise<Decision> {
  const { intake, approved } = request;
  const { subject: asked, subjectPKInfo } = intake.certificationRequest.certificationRequestInfo;
  try {
    const pends = pendsByConfiguration(configuration, REQDISP.PENDING);
    requireProvenKey(intake, undefined);
    const renewed = await renewedCertificate(authority, { ...request, template: undefined });
    const subject = renewed ? renewedNames(renewed, intake).subject : asked;
    const wanted = renewed ? withThoseOf(renewed, intake.extensions) : intake.extensions;
    const altName = extensionValue(wanted, EXTENSIONS.subjectAltName);
    if (isEmptyName(subject) && altName === undefined)
      throw hresult('CERTSRV_E_BAD_REQUESTSUBJECT', 'The request names no subject.');
    const extensions = [...requestedExtensions(wanted), ...intendedPurposes(intake.attributes, wanted, configuration)];
    await authority.ownRevocation.require(authority, configuration);
    if (pends && !approved) return { action: 'pend', template: undefined };
    return {
      action: 'issue',
      template: undefined,
      plan: {
        subject,
        subjectPublicKeyInfo: subjectPKInfo.raw,
        validity: plannedValidity(authority, configuration, { attributes: intake.attributes }),
        extensions: withoutDisabled(
          [...extensions, ...(await authorityExtensions(authority, configuration, subjectPKInfo.raw))],
          configuration,
        ),
        template: undefined,
        upn: altName && findUserPrincipalName(altName),
      },
    };
  } catch (error) {
    if (error instanceof HresultError) return { action: 'deny', error };
    throw error;
  }
}

/** A renewal keeps what it does not ask for anew. */
function withThoseOf({ tbsCertificate }: Certificate, asked: readonly Extension[]): readonly Extension[] {
  return [...asked, ...tbsCertificate.extensions.filter(({ extnID }) => !findExtension(asked, extnID))];
}

/** A manager sees and approves what is asked for; a CA certificate is never among it. */
function requestedExtensions(wanted: readonly Extension[]): PlannedExtension[] {
  if (extensionValue(wanted, EXTENSIONS.basicConstraints)?.cA) {
    throw hresult(
      'CERTSRV_E_BAD_REQUESTSUBJECT',
      'The request asks for a CA certificate; this CA issues none by request.',
    );
  }
  return wanted
    .filter(({ extnID }) => !OWN_EXTENSIONS.has(extnID))
    .map((extension) => ({ ...extension, origin: EXTENSION_ORIGIN.REQUEST }));
}

/**
 * The intended purposes that a page or client asks for by the attribute CertificateUsage (MS-WCCE 2.2.2.7.10), where the
 * policy listens (EDITF_ATTRIBUTEEKU) and the request itself names none. Throws ERROR_INVALID_DATA.
 */
function intendedPurposes(
  attributes: Intake['attributes'],
  wanted: readonly Extension[],
  configuration: Configuration,
): PlannedExtension[] {
  const usage = valueOfName(attributes, 'CertificateUsage');
  if (usage === undefined || !configuration.hasFlag('EditFlags', EDITF.ATTRIBUTEEKU, POLICY_MODULE)) return [];
  if (extensionValue(wanted, EXTENSIONS.extKeyUsage)) return [];
  const purposes = usage.split(',').map((oid) => oid.trim());
  const bad = purposes.find((oid) => !isOid(oid));
  if (bad !== undefined) throw hresult('ERROR_INVALID_DATA', `CertificateUsage: "${bad}" is no object identifier.`);
  return [plannedExtension(EXTENSIONS.extKeyUsage, purposes)];
}
