/** The signatures of registration authorities that a template asks for. MS-WCCE 3.2.2.6.2.1.4.5.1, .3 and .4, MS-CRTD 2.9 to 2.11. */
import { HresultError, hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import type { Certificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import type { Authority } from '../authority.ts';
import { validateChain } from '../chain/validate-chain.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';

/**
 * `cosigners` are the certificates whose signatures around the request hold; the requester's own does not count, nor one
 * signer twice. Throws CERTSRV_E_SIGNATURE_POLICY_REQUIRED where there is none, CERTSRV_E_SIGNATURE_COUNT for too few,
 * CERTSRV_E_SIGNATURE_REJECTED for a chain that does not hold or a missing application policy,
 * CERTSRV_E_ISSUANCE_POLICY_REQUIRED for a missing issuance policy.
 */
export async function requireAuthorizedSignatures(
  authority: Authority,
  template: CertificateTemplate,
  cosigners: readonly Certificate[],
): Promise<void> {
  const { cn, raSignatures, raApplicationPolicies, raPolicies } = template;
  if (raSignatures === 0) return;
  const signers = [...new Map(cosigners.map((signer) => [formatHex(signer.raw), signer])).values()];
  const wanted = `${cn} asks for ${raSignatures} authorized signatures, ${signers.length} were given.`;
  if (signers.length === 0) throw hresult('CERTSRV_E_SIGNATURE_POLICY_REQUIRED', wanted);
  if (signers.length < raSignatures) throw hresult('CERTSRV_E_SIGNATURE_COUNT', wanted);
  for (const signer of signers) await requireValidSigner(authority, signer);
  requireEach('CERTSRV_E_SIGNATURE_REJECTED', raApplicationPolicies, signers.flatMap(applicationPoliciesOf));
  requireEach('CERTSRV_E_ISSUANCE_POLICY_REQUIRED', raPolicies, signers.flatMap(issuancePoliciesOf));
}

/** Throws CERTSRV_E_SIGNATURE_REJECTED for a chain that does not hold. */
export async function requireValidSigner(authority: Authority, signer: Certificate): Promise<void> {
  try {
    await validateChain(authority, signer);
  } catch (cause) {
    if (!(cause instanceof HresultError)) throw cause;
    throw hresult('CERTSRV_E_SIGNATURE_REJECTED', cause.message, { cause });
  }
}

function requireEach(
  symbol: 'CERTSRV_E_SIGNATURE_REJECTED' | 'CERTSRV_E_ISSUANCE_POLICY_REQUIRED',
  wanted: readonly string[],
  present: readonly string[],
): void {
  const missing = wanted.filter((policy) => !present.includes(policy));
  if (missing.length > 0) throw hresult(symbol, `No signer has the policy ${missing.join(', ')}.`);
}

/** What a certificate says it is good for, in either extension. */
export function applicationPoliciesOf({ tbsCertificate: { extensions } }: Certificate): string[] {
  const policies = extensionValue(extensions, EXTENSIONS.applicationPolicies) ?? [];
  const usages = extensionValue(extensions, EXTENSIONS.extKeyUsage) ?? [];
  return [...usages, ...policies.map(({ policyIdentifier }) => policyIdentifier)];
}

export function issuancePoliciesOf({ tbsCertificate: { extensions } }: Certificate): string[] {
  const policies = extensionValue(extensions, EXTENSIONS.certificatePolicies) ?? [];
  return policies.map(({ policyIdentifier }) => policyIdentifier);
}
