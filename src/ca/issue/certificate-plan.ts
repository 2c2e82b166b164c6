/** A certificate as policy decided it: a value. Only a plan that was recorded gets signed. */
import type { Extension } from '#pki/x509/extension';
import type { Name } from '#pki/x509/name';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { storedName } from '../template/matching.ts';

export interface PlannedExtension extends Extension {
  /** EXTENSION_ORIGIN, for ExtensionFlags. */
  readonly origin: number;
}

export interface CertificatePlan {
  readonly subject: Name;
  /** DER SubjectPublicKeyInfo. */
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly validity: { readonly notBefore: Date; readonly notAfter: Date };
  /** In the order in which they are to stand. */
  readonly extensions: readonly PlannedExtension[];
  /** For the certificate's row; undefined for a CA without templates. */
  readonly template: PlannedTemplate | undefined;
  /** userPrincipalName that the certificate names, for the row and the search. */
  readonly upn: string | undefined;
  /** What the requester is told behind `Issued`: where he gets less than his template promises. */
  readonly remark?: string | undefined;
}

export interface PlannedTemplate {
  /** As `storedName` has it. */
  readonly stored: string;
  readonly enrollmentFlags: number;
  readonly flags: number;
  readonly privateKeyFlags: number;
}

export function plannedTemplate(template: CertificateTemplate): PlannedTemplate {
  const { enrollmentFlags, flags, privateKeyFlags } = template;
  return { stored: storedName(template), enrollmentFlags, flags, privateKeyFlags };
}
