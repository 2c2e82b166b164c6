import type { HresultError } from '#hresult/hresult-error';
import type { CertificatePlan } from '../issue/certificate-plan.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';

/** What the policy module says of a request, as a value. */
export type Decision =
  | { readonly action: 'issue'; readonly plan: CertificatePlan; readonly template: CertificateTemplate | undefined }
  /** Kept for a certificate manager; the plan is made anew when he issues it. */
  | { readonly action: 'pend'; readonly template: CertificateTemplate | undefined }
  | { readonly action: 'deny'; readonly error: HresultError };
