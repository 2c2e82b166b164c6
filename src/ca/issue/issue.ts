/**
 * Record before sign: the serial number, the whole to-be-signed certificate and what belongs to the request are durable
 * before the key is used, and the certificate is durable before anybody gets it.
 */
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { publicKeyKind } from '#pki/crypto/public-key';
import {
  assembleCertificate,
  buildTbsCertificate,
  type Certificate,
  decodeCertificate,
  decodeTbsCertificate,
  isSignedBy,
} from '#pki/x509/certificate';
import { findExtension } from '#pki/x509/extension';
import { decodeSubjectKeyIdentifier } from '#pki/x509/extensions/subject-key-identifier';
import { formatSerial } from '#pki/x509/serial-number';
import type { Authority } from '../authority.ts';
import type { Write } from '../ports.ts';
import type { CertificateRow } from '../schema/certificates.ts';
import { EXTENSION_FLAG_CRITICAL } from '../schema/extension-flags.ts';
import type { CertificatePlan } from './certificate-plan.ts';
import { nameColumns } from './name-columns.ts';
import { requireCleanCertificate } from './require-clean.ts';
import { randomSerialNumber } from './serial-number.ts';

const id_ce_subjectKeyIdentifier = '2.5.29.14';

/** What the caller wants recorded along with the certificate. */
export interface IssueRecord {
  readonly requestId: number;
  /** In the unit that is written before the signature: the request itself, its archived key, its attributes. */
  readonly before: readonly Write[];
  /** In the unit that is written after it: the request's outcome, audit. */
  readonly after: (certificate: Certificate) => readonly Write[];
}

/** Signs a plan and answers the certificate once it is on disk. Throws what lint finds, and faults of key or database. */
export async function issueCertificate(
  authority: Authority,
  plan: CertificatePlan,
  record: IssueRecord,
): Promise<Certificate> {
  const { current, ports } = authority;
  const serialNumber = randomSerialNumber(ports.engine);
  const toBeSigned = buildTbsCertificate({
    serialNumber,
    signature: current.scheme,
    issuer: current.certificate.tbsCertificate.subject,
    validity: plan.validity,
    subject: plan.subject,
    subjectPublicKeyInfo: plan.subjectPublicKeyInfo,
    extensions: plan.extensions,
  });
  requireCleanCertificate(decodeTbsCertificate(toBeSigned), current.certificate);
  await ports.database.commit([
    ...record.before,
    { insert: 'Certificates', row: certificateRow(record.requestId, serialNumber, plan, current) },
    ...plan.extensions.map(
      (extension): Write => ({
        insert: 'Extensions',
        row: {
          ExtensionRequestId: record.requestId,
          ExtensionName: extension.extnID,
          ExtensionFlags: (extension.critical ? EXTENSION_FLAG_CRITICAL : 0) | extension.origin,
          ExtensionRawValue: extension.extnValue,
        },
      }),
    ),
    { insert: 'Signings', row: { RequestID: record.requestId, toBeSigned } },
  ]);
  return signRecorded(authority, record.requestId, toBeSigned, record.after);
}

/** Signs what is recorded for a request; also how a start after a crash brings its signing to an end. */
export async function signRecorded(
  authority: Authority,
  requestId: number,
  toBeSigned: Uint8Array,
  after: (certificate: Certificate) => readonly Write[],
): Promise<Certificate> {
  const { current, ports } = authority;
  const signature = await current.key.sign(current.scheme, toBeSigned);
  const certificate = decodeCertificate(assembleCertificate(toBeSigned, current.scheme, signature));
  // A key module that signs with another key, or wrongly, is found before the certificate leaves.
  if (!(await isSignedBy(certificate, current.certificate.tbsCertificate.subjectPublicKeyInfo, ports.engine))) {
    throw hresult('NTE_BAD_SIGNATURE', `The CA's key made a signature that does not verify; request ${requestId}.`);
  }
  const hash = await ports.engine.digest('sha1', certificate.raw);
  await ports.database.commit([
    {
      update: 'Certificates',
      RequestID: requestId,
      set: { RawCertificate: certificate.raw, CertificateHash: formatHex(hash) },
    },
    { delete: 'Signings', RequestID: requestId },
    ...after(certificate),
  ]);
  return certificate;
}

function certificateRow(
  requestId: number,
  serialNumber: Uint8Array,
  plan: CertificatePlan,
  current: Authority['current'],
): Partial<CertificateRow> & { readonly RequestID: number } {
  const key = publicKeyKind(plan.subjectPublicKeyInfo);
  const identifier = findExtension(plan.extensions, id_ce_subjectKeyIdentifier);
  return {
    RequestID: requestId,
    SerialNumber: formatSerial(serialNumber),
    CertificateTemplate: plan.template?.stored ?? null,
    EnrollmentFlags: plan.template?.enrollmentFlags ?? null,
    GeneralFlags: plan.template?.flags ?? null,
    PrivatekeyFlags: plan.template?.privateKeyFlags ?? null,
    IssuerNameID: (current.keyIndex << 16) | current.index,
    NotBefore: plan.validity.notBefore,
    NotAfter: plan.validity.notAfter,
    SubjectKeyIdentifier: identifier ? formatHex(decodeSubjectKeyIdentifier(identifier.extnValue)) : null,
    RawPublicKey: plan.subjectPublicKeyInfo,
    PublicKeyLength: key.bits,
    PublicKeyAlgorithm: key.type === 'rsa' ? '1.2.840.113549.1.1.1' : '1.2.840.10045.2.1',
    UPN: plan.upn ?? null,
    ...nameColumns(plan.subject),
  };
}
