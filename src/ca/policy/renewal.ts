/** Renewals: a request signed with the certificate it renews (MS-WCCE 3.2.2.6.2.1.2.5, RFC 2986 inside CMS). */
import { hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import type { Certificate } from '#pki/x509/certificate';
import { findExtension } from '#pki/x509/extension';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import type { GeneralName } from '#pki/x509/general-name';
import { isEmptyName, isSameName, type Name } from '#pki/x509/name';
import { formatName } from '#pki/x509/name-text';
import type { Authority, Caller } from '../authority.ts';
import type { Intake } from '../request/intake.ts';
import { DB_DISP } from '../schema/dispositions.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { hasFlag, privateKeyFlag } from '../template/flags.ts';
import { findTemplate } from '../template/matching.ts';
import { findIssued } from './find-issued.ts';

export interface RenewalRequest {
  readonly intake: Intake;
  readonly requester: Caller;
  /** Undefined on a stand-alone CA. */
  readonly template: CertificateTemplate | undefined;
}

/**
 * The certificate that the request renews; undefined where it renews none. It must be this CA's, its requester's own, of the
 * same template or one that this one supersedes, in its time and not revoked.
 *
 * Throws CERTSRV_E_BAD_RENEWAL_CERT_ATTRIBUTE for another CA's, CERTSRV_E_BAD_RENEWAL_SUBJECT for somebody else's,
 * CERTSRV_E_TEMPLATE_CONFLICT, CRYPT_E_REVOKED, CERT_E_EXPIRED, CERTSRV_E_RENEWAL_BAD_PUBLIC_KEY where the template wants
 * the same key.
 */
export async function renewedCertificate(
  authority: Authority,
  { intake, requester, template }: RenewalRequest,
): Promise<Certificate | undefined> {
  const old = intake.renewal;
  if (old === undefined) return undefined;
  const name = formatName(old.tbsCertificate.subject);
  const row = await findIssued(authority.ports.database, old);
  if (row === undefined)
    throw hresult('CERTSRV_E_BAD_RENEWAL_CERT_ATTRIBUTE', `This CA did not issue the certificate of ${name}.`);
  if (row.requesterName.toLowerCase() !== requester.accountName.toLowerCase())
    throw hresult(
      'CERTSRV_E_BAD_RENEWAL_SUBJECT',
      `${requester.accountName} renews ${row.requesterName}'s certificate.`,
    );
  if (!(await isRenewedBy(authority, template, row.template)))
    throw hresult('CERTSRV_E_TEMPLATE_CONFLICT', `${template?.cn} does not renew certificates of ${row.template}.`);
  if (row.disposition === DB_DISP.REVOKED)
    throw hresult('CRYPT_E_REVOKED', `The certificate of ${name} to be renewed.`);
  const { validity, subjectPublicKeyInfo } = old.tbsCertificate;
  if (validity.notAfter <= authority.ports.clock.now())
    throw hresult(
      'CERT_E_EXPIRED',
      `The certificate of ${name} to be renewed ended ${validity.notAfter.toISOString()}.`,
    );
  const { subjectPKInfo } = intake.certificationRequest.certificationRequestInfo;
  const wantsSameKey =
    template && hasFlag(template.privateKeyFlags, privateKeyFlag('CT_FLAG_REQUIRE_SAME_KEY_RENEWAL'));
  if (wantsSameKey && !isSameBytes(subjectPKInfo.raw, subjectPublicKeyInfo.raw))
    throw hresult('CERTSRV_E_RENEWAL_BAD_PUBLIC_KEY', `${template.cn} renews with the same key only.`);
  return old;
}

/** By its own template, or one that supersedes it (MS-CRTD 2.25). On a stand-alone CA there is none. */
async function isRenewedBy(
  authority: Authority,
  template: CertificateTemplate | undefined,
  stored: string,
): Promise<boolean> {
  if (template === undefined) return true;
  const old = findTemplate((await authority.templates.read()).templates, stored);
  if (old === undefined) return false;
  return [template.cn, ...template.supersededTemplates].some((cn) => cn.toLowerCase() === old.cn.toLowerCase());
}

/**
 * A renewal keeps the names it has: where the request leaves them out, and where it repeats them. Throws
 * CERTSRV_E_BAD_REQUESTSUBJECT where it names others.
 */
export function renewedNames(
  { tbsCertificate: { subject, extensions } }: Certificate,
  intake: Intake,
): { readonly subject: Name; readonly subjectAltName: readonly GeneralName[] } {
  const asked = intake.certificationRequest.certificationRequestInfo.subject;
  const askedAltName = findExtension(intake.extensions, EXTENSIONS.subjectAltName.oid)?.extnValue;
  const altName = findExtension(extensions, EXTENSIONS.subjectAltName.oid)?.extnValue;
  const isOther =
    (!isEmptyName(asked) && !isSameName(asked, subject)) ||
    (askedAltName !== undefined && !(altName && isSameBytes(askedAltName, altName)));
  if (isOther) throw hresult('CERTSRV_E_BAD_REQUESTSUBJECT', `The renewal names another than ${formatName(subject)}.`);
  return { subject, subjectAltName: extensionValue(extensions, EXTENSIONS.subjectAltName) ?? [] };
}
