/**
 * Record before sign: the serial number, the whole to-be-signed certificate and what belongs to the request are durable
 * before the key is used, and the certificate is durable before anybody gets it.
 */
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { signatureScheme } from '#pki/crypto/signature-algorithm';
import {
  assembleCertificate,
  buildTbsCertificate,
  type Certificate,
  decodeCertificate,
  decodeTbsCertificate,
  isSignedBy,
} from '#pki/x509/certificate';
import type { Authority } from '../authority.ts';
import type { Signing, Write } from '../ports.ts';
import { EXTENSION_FLAG_CRITICAL } from '../schema/extension-flags.ts';
import type { CertificatePlan } from './certificate-plan.ts';
import { certificateColumns, issuerNameId } from './certificate-row.ts';
import { requireCleanCertificate } from './require-clean.ts';
import { randomSerialNumber } from './serial-number.ts';

/** What the caller wants recorded along with the certificate. */
export interface IssueRecord {
  readonly requestId: number;
  /** In the unit that is written before the signature: the request itself, its archived key, its attributes. */
  readonly before: readonly Write[];
  /** In the unit that is written after it: the request's outcome, audit. */
  readonly after: (certificate: Certificate) => readonly Write[];
  /** It goes elsewhere than to the database: the signing stays on record until `publishIssued` is done with it. */
  readonly isPublished: boolean;
}

/** What is done once the certificate is there. */
export type Signed = Pick<IssueRecord, 'after' | 'isPublished'>;

/** Signs a plan and answers the certificate once it is on disk. Throws what lint finds, and faults of key or database. */
export async function issueCertificate(
  authority: Authority,
  plan: CertificatePlan,
  { requestId, before, ...record }: IssueRecord,
): Promise<Certificate> {
  const { current, ports } = authority;
  const toBeSigned = buildTbsCertificate({
    serialNumber: randomSerialNumber(ports.engine),
    signature: current.scheme,
    issuer: current.certificate.tbsCertificate.subject,
    validity: plan.validity,
    subject: plan.subject,
    subjectPublicKeyInfo: plan.subjectPublicKeyInfo,
    extensions: plan.extensions,
  });
  const tbsCertificate = decodeTbsCertificate(toBeSigned);
  requireCleanCertificate(tbsCertificate, current.certificate);
  requireStorable(toBeSigned);
  const signing = { RequestID: requestId, toBeSigned };
  await ports.database.commit([
    ...before,
    {
      insert: 'Certificates',
      row: {
        RequestID: requestId,
        ...certificateColumns(tbsCertificate),
        CertificateTemplate: plan.template?.stored ?? null,
        EnrollmentFlags: plan.template?.enrollmentFlags ?? null,
        GeneralFlags: plan.template?.flags ?? null,
        PrivatekeyFlags: plan.template?.privateKeyFlags ?? null,
        IssuerNameID: issuerNameId(current),
        UPN: plan.upn ?? null,
      },
    },
    ...plan.extensions.map(
      (extension): Write => ({
        insert: 'Extensions',
        row: {
          ExtensionRequestId: requestId,
          ExtensionName: extension.extnID,
          ExtensionFlags: (extension.critical ? EXTENSION_FLAG_CRITICAL : 0) | extension.origin,
          ExtensionRawValue: extension.extnValue,
        },
      }),
    ),
    { insert: 'Signings', row: signing },
  ]);
  return sign(authority, signing, current, record);
}

/** RawCertificate takes 16384 bytes (MS-CSRA 3.1.1.1): what could not be recorded must not be signed. */
function requireStorable(toBeSigned: Uint8Array): void {
  // Signature and frame of an RSA key of 16384 bits, the longest there is.
  const most = 16384 - 2048 - 64;
  if (toBeSigned.length > most)
    throw hresult('CERTSRV_E_ENCODING_LENGTH', `The certificate would have ${toBeSigned.length} bytes, over ${most}.`);
}

/**
 * Brings a recorded signing to its end: the same bytes under the key that was to sign them, so that no serial number ever
 * stands in two certificates. Throws CRYPT_E_NOT_FOUND where that key is no longer the CA's.
 */
export async function finishSigning(authority: Authority, signing: Signing, record: Signed): Promise<Certificate> {
  const row = await authority.ports.database.certificate(signing.RequestID);
  const issuer = authority.certificates.find((own) => issuerNameId(own) === row?.IssuerNameID);
  if (issuer?.key === undefined)
    throw hresult('CRYPT_E_NOT_FOUND', `The key that was to sign request ${signing.RequestID} is not at hand.`);
  return sign(authority, signing, { certificate: issuer.certificate, key: issuer.key }, record);
}

async function sign(
  { ports }: Authority,
  { RequestID, toBeSigned }: Signing,
  issuer: Pick<Authority['current'], 'certificate' | 'key'>,
  { after, isPublished }: Signed,
): Promise<Certificate> {
  // As the recorded bytes say: the configured hash may have changed since (RFC 5280 §4.1.1.2).
  const scheme = signatureScheme(decodeTbsCertificate(toBeSigned).signature);
  const signature = await issuer.key.sign(scheme, toBeSigned);
  const certificate = decodeCertificate(assembleCertificate(toBeSigned, scheme, signature));
  // A key module that signs with another key, or wrongly, is found before the certificate leaves.
  if (!(await isSignedBy(certificate, issuer.certificate.tbsCertificate.subjectPublicKeyInfo, ports.engine))) {
    throw hresult('NTE_BAD_SIGNATURE', `The CA's key made a signature that does not verify; request ${RequestID}.`);
  }
  const hash = await ports.engine.digest('sha1', certificate.raw);
  await ports.database.commit([
    {
      update: 'Certificates',
      RequestID,
      set: { RawCertificate: certificate.raw, CertificateHash: formatHex(hash) },
    },
    ...(isPublished ? [] : [{ delete: 'Signings', RequestID } as const]),
    ...after(certificate),
  ]);
  return certificate;
}
