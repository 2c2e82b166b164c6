/** What a template must keep to however it was changed. */
import { hresult } from '#hresult/hresult-error';
import { isOid } from '#pki/asn1/object-identifier';
import type { CertificateTemplate } from './certificate-template.ts';
import { hasFlag, privateKeyFlag } from './flags.ts';
import { formatPeriod } from './period.ts';
import { hasPseudoAttributes } from './pseudo-attributes.ts';

const KEY_ENCIPHERMENT = 0x20;
const DATA_ENCIPHERMENT = 0x10;
const KEY_AGREEMENT = 0x08;
const AT_SIGNATURE = 2;
/** NCRYPT_ALLOW_DECRYPT_FLAG and NCRYPT_ALLOW_KEY_AGREEMENT_FLAG. */
const ALLOW_ENCRYPTION = 0x1 | 0x4;

/** Key lengths in bits that clients know. */
const SYMMETRIC_ALGORITHMS: Readonly<Record<string, readonly number[]>> = { '3DES': [168], AES: [128, 192, 256] };

/** True where the template's keys encrypt, whatever else they do: only such keys may be archived. */
export function isEncryptionPurpose(template: CertificateTemplate): boolean {
  if (template.defaultKeySpec === AT_SIGNATURE) return false;
  if (template.keyUsageProperty !== undefined && (template.keyUsageProperty & ALLOW_ENCRYPTION) === 0) return false;
  if (template.asymmetricAlgorithm !== undefined && /^(?:ECDSA|DSA)/i.test(template.asymmetricAlgorithm)) return false;
  return ((template.keyUsage[0] ?? 0) & (KEY_ENCIPHERMENT | DATA_ENCIPHERMENT | KEY_AGREEMENT)) !== 0;
}

function checkCryptography(template: CertificateTemplate): void {
  const { asymmetricAlgorithm, hashAlgorithm, symmetricAlgorithm, symmetricKeyLength } = template;
  const fields = [asymmetricAlgorithm, hashAlgorithm, symmetricAlgorithm, symmetricKeyLength];
  if (!hasPseudoAttributes(template) && fields.some((field) => field !== undefined))
    throw hresult('ERROR_NOT_SUPPORTED', `${template.cn} cannot name its algorithms`, {
      hint:
        template.schemaVersion < 3
          ? 'duplicate it as a version 3 template'
          : 'clear CT_FLAG_USE_LEGACY_PROVIDER of msPKI-Private-Key-Flag',
    });
  if (symmetricAlgorithm === undefined && symmetricKeyLength === undefined) return;
  const lengths = Object.hasOwn(SYMMETRIC_ALGORITHMS, symmetricAlgorithm ?? '')
    ? SYMMETRIC_ALGORITHMS[symmetricAlgorithm ?? '']!
    : [];
  if (symmetricKeyLength === undefined || !lengths.includes(symmetricKeyLength))
    throw hresult('NTE_BAD_ALGID', `${symmetricAlgorithm ?? 'none'} with a key of ${symmetricKeyLength ?? 'no'} bits`, {
      hint: 'msPKI-Symmetric-Algorithm AES with msPKI-Symmetric-Key-Length 128, 192 or 256, or 3DES with 168',
    });
}

function checkNumber(value: number, name: string, most: number): void {
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw hresult('ERROR_INVALID_PARAMETER', `${name} is ${value} instead of 0 to ${most}`);
}

/**
 * Throws NTE_BAD_TYPE where keys that only sign would be archived, NTE_BAD_ALGID and ERROR_NOT_SUPPORTED for
 * algorithms, CERTSRV_E_CERT_TYPE_OVERLAP where renewal begins before the validity, ERROR_INVALID_PARAMETER for the rest.
 */
export function checkTemplate(template: CertificateTemplate): void {
  if (template.displayName === '' || template.displayName.length > 256)
    throw hresult('ERROR_INVALID_PARAMETER', 'a display name has 1 to 256 characters');
  for (const field of ['flags', 'nameFlags', 'enrollmentFlags', 'privateKeyFlags'] as const)
    checkNumber(template[field], field, 0xffffffff);
  checkNumber(template.minimalKeySize, 'msPKI-Minimal-Key-Size', 65536);
  checkNumber(template.raSignatures, 'msPKI-RA-Signature', 0x7fffffff);
  checkNumber(template.maxIssuingDepth + 1, 'pKIMaxIssuingDepth + 1', 0x7fffffff);
  if (template.defaultKeySpec !== 1 && template.defaultKeySpec !== AT_SIGNATURE)
    throw hresult('ERROR_INVALID_PARAMETER', `pKIDefaultKeySpec is ${template.defaultKeySpec} instead of 1 or 2`);
  for (const oid of [
    ...template.extendedKeyUsage,
    ...template.applicationPolicies,
    ...template.certificatePolicies,
    ...template.criticalExtensions,
    ...template.raApplicationPolicies,
    ...template.raPolicies,
  ])
    if (!isOid(oid)) throw hresult('ERROR_INVALID_PARAMETER', `"${oid}" is no object identifier`);
  if (template.overlapPeriod >= template.expirationPeriod)
    throw hresult(
      'CERTSRV_E_CERT_TYPE_OVERLAP',
      `${formatPeriod(template.overlapPeriod)} of ${formatPeriod(template.expirationPeriod)}`,
      { hint: 'pKIOverlapPeriod must be shorter than pKIExpirationPeriod' },
    );
  if (template.supersededTemplates.some((cn) => cn.toLowerCase() === template.cn.toLowerCase()))
    throw hresult('ERROR_INVALID_PARAMETER', `${template.cn} cannot supersede itself`);
  checkCryptography(template);
  const archives = hasFlag(template.privateKeyFlags, privateKeyFlag('CT_FLAG_REQUIRE_PRIVATE_KEY_ARCHIVAL'));
  if (archives && !isEncryptionPurpose(template))
    throw hresult('NTE_BAD_TYPE', `keys of ${template.cn} only sign and must not be recoverable`, {
      hint: 'archive keys of a template whose purpose is encryption (key usage key encipherment or key agreement)',
    });
}
