/** The default policy module of an enterprise CA: the template decides, not the request. MS-WCCE 3.2.2.6.2.1.4. */
import { HresultError, hresult } from '#hresult/hresult-error';
import { publicKeyKind } from '#pki/crypto/public-key';
import { findExtension } from '#pki/x509/extension';
import { decodeAltName } from '#pki/x509/extensions/subject-alt-name';
import { findUserPrincipalName, type GeneralName } from '#pki/x509/general-name';
import { isEmptyName } from '#pki/x509/name';
import type { Authority, Caller } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import { REQDISP } from '../config/registry-flags.ts';
import { POLICY_MODULE } from '../config/registry-values.ts';
import { authorityExtensions } from '../issue/authority-extensions.ts';
import type { CertificatePlan } from '../issue/certificate-plan.ts';
import type { Intake } from '../request/intake.ts';
import { hasRight } from '../template/access.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { enrollmentFlag, hasFlag, nameFlag } from '../template/flags.ts';
import { periodMilliseconds } from '../template/period.ts';
import type { Decision } from './decision.ts';
import { type SubjectNames, subjectFromDirectory } from './subject.ts';
import { templateExtensions, wantsRevocationInformation } from './template-extensions.ts';
import { plannedValidity } from './validity.ts';

const id_ce_subjectAltName = '2.5.29.17';

export interface PolicyRequest {
  readonly intake: Intake;
  readonly requester: Caller;
  readonly template: CertificateTemplate;
  /** A certificate manager has looked at it: it is not pended again. */
  readonly approved: boolean;
}

/** Denials are answered, not thrown. */
export async function decideByTemplate(
  authority: Authority,
  configuration: Configuration,
  request: PolicyRequest,
): Promise<Decision> {
  const { template, approved } = request;
  try {
    requireEnrollRight(request);
    requireKeyLength(request);
    requireNoAuthorizedSignatures(template);
    const disposition = configuration.dword('RequestDisposition', POLICY_MODULE) ?? REQDISP.ISSUE;
    const pends =
      hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_PEND_ALL_REQUESTS')) ||
      (disposition & REQDISP.PENDINGFIRST) !== 0;
    // The subject is checked before a request is left to a manager: what cannot be issued is told at once.
    const plan = await planCertificate(authority, configuration, request);
    return pends && !approved ? { action: 'pend', template } : { action: 'issue', plan, template };
  } catch (error) {
    if (error instanceof HresultError) return { action: 'deny', error };
    throw error;
  }
}

function requireEnrollRight({ requester, template }: PolicyRequest): void {
  if (hasRight(template, [requester.sid, ...requester.groupSids], 'enroll')) return;
  throw hresult('CERTSRV_E_TEMPLATE_DENIED', `${requester.accountName} may not enroll for ${template.cn}.`);
}

function requireKeyLength({ intake, template }: PolicyRequest): void {
  const kind = publicKeyKind(intake.certificationRequest.certificationRequestInfo.subjectPKInfo);
  // msPKI-Minimal-Key-Size counts RSA bits; a template for EC keys names its curve instead.
  if (kind.type === 'rsa' && kind.bits < template.minimalKeySize) {
    throw hresult('CERTSRV_E_KEY_LENGTH', `${kind.bits} bits, ${template.cn} asks for ${template.minimalKeySize}.`);
  }
}

/** msPKI-RA-Signature: the requester's own signature does not count. */
function requireNoAuthorizedSignatures(template: CertificateTemplate): void {
  if (template.raSignatures === 0) return;
  throw hresult('CERTSRV_E_SIGNATURE_COUNT', `${template.cn} asks for ${template.raSignatures} authorized signatures.`);
}

async function planCertificate(
  authority: Authority,
  configuration: Configuration,
  request: PolicyRequest,
): Promise<CertificatePlan> {
  const { intake, requester, template } = request;
  const publicKey = intake.certificationRequest.certificationRequestInfo.subjectPKInfo.raw;
  const suppliesSubject = hasFlag(template.nameFlags, nameFlag('CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT'));
  const names = suppliesSubject ? subjectFromRequest(intake) : subjectFromDirectory(template, requester);
  const subjectAltName = [...names.subjectAltName, ...alternativeNamesFromRequest(template, intake, suppliesSubject)];
  return {
    subject: names.subject,
    subjectPublicKeyInfo: publicKey,
    validity: plannedValidity(authority, configuration, periodMilliseconds(template.expirationPeriod)),
    extensions: [
      ...templateExtensions(template, {
        publicKey,
        subjectAltName,
        isSubjectEmpty: isEmptyName(names.subject),
        sid: suppliesSubject ? undefined : requester.sid,
        requested: intake.extensions,
      }),
      ...(await authorityExtensions(authority, configuration, publicKey, wantsRevocationInformation(template))),
    ],
    template: {
      stored: template.schemaVersion === 1 ? template.cn : template.oid,
      enrollmentFlags: template.enrollmentFlags,
      flags: template.flags,
      privateKeyFlags: template.privateKeyFlags,
    },
    upn: names.upn ?? findUserPrincipalName(subjectAltName),
  };
}

function subjectFromRequest(intake: Intake): SubjectNames {
  const { subject } = intake.certificationRequest.certificationRequestInfo;
  if (isEmptyName(subject) && findExtension(intake.extensions, id_ce_subjectAltName) === undefined) {
    throw hresult(
      'CERTSRV_E_BAD_REQUESTSUBJECT',
      'The request names no subject, and the template leaves it to the request.',
    );
  }
  return { subject, subjectAltName: [], upn: undefined };
}

/** Only where the template leaves them to the enrollee; the SAN request attribute is never honoured (ESC6). */
function alternativeNamesFromRequest(
  template: CertificateTemplate,
  intake: Intake,
  suppliesSubject: boolean,
): readonly GeneralName[] {
  const suppliesAltName = hasFlag(template.nameFlags, nameFlag('CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT_ALT_NAME'));
  if (!suppliesSubject && !suppliesAltName) return [];
  const extension = findExtension(intake.extensions, id_ce_subjectAltName);
  return extension ? decodeAltName(extension.extnValue) : [];
}
