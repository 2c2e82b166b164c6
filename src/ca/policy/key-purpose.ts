import { hresult } from '#hresult/hresult-error';
import { szOID_ENROLLMENT_CSP_PROVIDER } from '#pki/asn1/oid-table';
import { decodeCspProvider } from '#pki/cmc/enrollment-csp-provider';
import type { Intake } from '../request/intake.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { isEncryptionPurpose } from '../template/check-template.ts';

const AT_SIGNATURE = 2;
const SIGNS = 0x80 | 0x40;

/**
 * A key that its provider made for signatures cannot do what a template for encryption alone certifies it for: "operations
 * with those certificates fail" (document 003, Certificate Templates Troubleshooting). Throws NTE_BAD_TYPE, Asn1Error.
 */
export function requireKeyPurpose({ certificationRequest }: Intake, template: CertificateTemplate): void {
  if (!isEncryptionPurpose(template) || ((template.keyUsage[0] ?? 0) & SIGNS) !== 0) return;
  const provider = certificationRequest.certificationRequestInfo.attributes.find(
    ({ type }) => type === szOID_ENROLLMENT_CSP_PROVIDER,
  )?.values[0];
  if (provider === undefined) return;
  const { keySpec, cspName } = decodeCspProvider(provider);
  if (keySpec === AT_SIGNATURE)
    throw hresult('NTE_BAD_TYPE', `The key of ${cspName} signs only, and ${template.cn} is for encryption.`);
}
