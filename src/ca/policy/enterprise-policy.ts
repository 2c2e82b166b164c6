/** The default policy module of an enterprise CA: the template decides, not the request. MS-WCCE 3.2.2.6.2.1.4. */
import { HresultError, hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { publicKeyKind } from '#pki/crypto/public-key';
import type { Certificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { findUserPrincipalName, type GeneralName } from '#pki/x509/general-name';
import { isEmptyName } from '#pki/x509/name';
import type { Authority, Caller } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import { REQDISP } from '../config/registry-flags.ts';
import { authorityExtensions } from '../issue/authority-extensions.ts';
import { type CertificatePlan, plannedTemplate } from '../issue/certificate-plan.ts';
import type { Intake } from '../request/intake.ts';
import { hasRight } from '../template/access.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { escFindings } from '../template/esc.ts';
import { enrollmentFlag, hasFlag, nameFlag } from '../template/flags.ts';
import { formatPeriod, periodMilliseconds } from '../template/period.ts';
import { requireAuthorizedSignatures } from './authorized-signatures.ts';
import type { Decision } from './decision.ts';
import { withoutDisabled } from './disabled-extensions.ts';
import { requireKeyPurpose } from './key-purpose.ts';
import { requireOnBehalfOf } from './on-behalf-of.ts';
import { renewedCertificate, renewedNames } from './renewal.ts';
import { pendsByConfiguration } from './request-disposition.ts';
import { requestedEnd } from './requested-end.ts';
import { type SubjectNames, subjectFromDirectory } from './subject.ts';
import { requireProvenKey } from './subordination.ts';
import { templateExtensions, wantsRevocationInformation } from './template-extensions.ts';
import { plannedValidity, type Validity, wholeSeconds } from './validity.ts';

export interface PolicyRequest {
  readonly intake: Intake;
  /** Who sent the request. */
  readonly caller: Caller;
  /** Whose certificate it becomes: the caller, or for whom an enrollment agent asks. */
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
    requireKeyPurpose(request.intake, template);
    requireProvenKey(request.intake, template);
    await requireOnBehalfOf(authority, configuration, request);
    const renewed = await renewedCertificate(authority, request);
    // MS-CRTD 2.26: who had it approved once does not ask again for the same.
    const isApprovedBefore =
      renewed !== undefined &&
      hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_PREVIOUS_APPROVAL_VALIDATE_REENROLLMENT'));
    if (!isApprovedBefore) {
      const cosigners = request.intake.cosigners.filter((signer) => !renewed || !isSameBytes(signer.raw, renewed.raw));
      await requireAuthorizedSignatures(authority, template, cosigners);
    }
    if (!approved) requireSafeTemplate(template);
    await authority.ownRevocation.require(authority, configuration);
    const pends =
      pendsByConfiguration(configuration, REQDISP.ISSUE) ||
      (hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_PEND_ALL_REQUESTS')) && !isApprovedBefore);
    // The subject is checked before a request is left to a manager: what cannot be issued is told at once.
    const plan = await planCertificate(authority, configuration, request, renewed);
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
  // msPKI-Minimal-Key-Size counts the bits of the template's own algorithm, RSA where it names none: an EC key is not short
  // by that measure.
  const isMeasured = kind.type === 'rsa' || /^EC/i.test(template.asymmetricAlgorithm ?? '');
  if (isMeasured && kind.bits < template.minimalKeySize) {
    throw hresult('CERTSRV_E_KEY_LENGTH', `${kind.bits} bits, ${template.cn} asks for ${template.minimalKeySize}.`);
  }
}

/**
 * A template that was made dangerous after it was published, or came so from elsewhere, issues nothing on its own: what
 * forbids its publication forbids its use. ESC4 is left to publication: who may change a template says nothing of a request.
 */
function requireSafeTemplate(template: CertificateTemplate): void {
  const worst = escFindings(template).find(({ id }) => id !== 'ESC4');
  if (worst) throw hresult('CERTSRV_E_TEMPLATE_POLICY_REQUIRED', `${worst.id}: ${worst.text}.`, { hint: worst.cure });
}

/** Document 003: what would be up for renewal at once is not issued, or clients would renew without end. */
function validityByTemplate(
  authority: Authority,
  configuration: Configuration,
  { template, intake }: PolicyRequest,
): Validity {
  const period = periodMilliseconds(template.expirationPeriod);
  const validity = plannedValidity(authority, configuration, { period, attributes: intake.attributes });
  const renewal = validity.notAfter.getTime() - periodMilliseconds(template.overlapPeriod);
  if (renewal > authority.ports.clock.now().getTime()) return validity;
  throw hresult(
    'CERTSRV_E_CERT_TYPE_OVERLAP',
    `${template.cn} renews ${formatPeriod(template.overlapPeriod)} before the end, ${validity.notAfter.toISOString()}.`,
    { hint: "renew the CA's certificate, or shorten pKIOverlapPeriod of the template" },
  );
}

/** AD CS's own sentence, which clients know. Who asked for a shorter life himself is not told. */
function remarkOn(
  { notBefore, notAfter }: Validity,
  configuration: Configuration,
  { template, intake }: PolicyRequest,
): string | undefined {
  const whole = wholeSeconds(new Date(notBefore.getTime() + periodMilliseconds(template.expirationPeriod)));
  if (notAfter >= whole || requestedEnd(intake.attributes, configuration, notBefore)) return undefined;
  return `The certificate validity period will be shorter than the ${template.displayName} Certificate Template specifies, because the template validity period is longer than the maximum certificate validity period allowed by the CA. Consider renewing the CA certificate, reducing the template validity period, or increasing the registry validity period.`;
}

async function planCertificate(
  authority: Authority,
  configuration: Configuration,
  request: PolicyRequest,
  renewed: Certificate | undefined,
): Promise<CertificatePlan> {
  const { intake, requester, template } = request;
  const publicKey = intake.certificationRequest.certificationRequestInfo.subjectPKInfo.raw;
  const suppliesSubject = hasFlag(template.nameFlags, nameFlag('CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT'));
  const names = suppliesSubject ? subjectFromRequest(intake, renewed) : subjectFromDirectory(template, requester);
  const subjectAltName = [...names.subjectAltName, ...suppliedAltName(template, intake, renewed)];
  const validity = validityByTemplate(authority, configuration, request);
  return {
    subject: names.subject,
    subjectPublicKeyInfo: publicKey,
    validity,
    remark: remarkOn(validity, configuration, request),
    extensions: withoutDisabled(
      [
        ...templateExtensions(template, {
          publicKey,
          subjectAltName,
          isSubjectEmpty: isEmptyName(names.subject),
          sid: requester.sid,
          requested: intake.extensions,
        }),
        ...(await authorityExtensions(authority, configuration, publicKey, wantsRevocationInformation(template))),
      ],
      configuration,
    ),
    template: plannedTemplate(template),
    upn: names.upn ?? findUserPrincipalName(subjectAltName),
  };
}

/** A renewal keeps its names, and the request may leave them out. */
function subjectFromRequest(intake: Intake, renewed: Certificate | undefined): SubjectNames {
  if (renewed) return { subject: renewedNames(renewed, intake).subject, subjectAltName: [], upn: undefined };
  const { subject } = intake.certificationRequest.certificationRequestInfo;
  if (isEmptyName(subject) && extensionValue(intake.extensions, EXTENSIONS.subjectAltName) === undefined) {
    throw hresult(
      'CERTSRV_E_BAD_REQUESTSUBJECT',
      'The request names no subject, and the template leaves it to the request.',
    );
  }
  return { subject, subjectAltName: [], upn: undefined };
}

/** Only where the template leaves them to the enrollee; the SAN request attribute is never honoured (ESC6). */
function suppliedAltName(
  template: CertificateTemplate,
  intake: Intake,
  renewed: Certificate | undefined,
): readonly GeneralName[] {
  const suppliesSubject = hasFlag(template.nameFlags, nameFlag('CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT'));
  const suppliesAltName = hasFlag(template.nameFlags, nameFlag('CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT_ALT_NAME'));
  if (!suppliesSubject && !suppliesAltName) return [];
  if (renewed && suppliesSubject) return renewedNames(renewed, intake).subjectAltName;
  return extensionValue(intake.extensions, EXTENSIONS.subjectAltName) ?? [];
}
