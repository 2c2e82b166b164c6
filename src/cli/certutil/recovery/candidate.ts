/** The archived keys that a search token met, as -GetKey lists them. */
import type { ArchivedKeyHit } from '#ca/api';
import { formatHex } from '#pki/asn1/bytes';
import { decodeCertificate } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import { type DateStyle, formatDate } from '../../io/date.ts';
import type { CertutilContext } from '../context.ts';
import { printable } from '../text/printable.ts';

export interface Candidate {
  readonly requestId: number;
  readonly serialNumber: string;
  readonly subject: string;
  readonly commonName: string | undefined;
  readonly upn: string | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly template: string;
  readonly version: number;
  readonly thumbprint: string;
}

export async function candidateOf(
  hit: ArchivedKeyHit,
  { engine }: Pick<CertutilContext, 'engine'>,
): Promise<Candidate> {
  const { raw, tbsCertificate } = decodeCertificate(hit.certificate);
  return {
    requestId: hit.requestId,
    serialNumber: hit.serialNumber,
    subject: formatName(tbsCertificate.subject),
    // A subject with several has them in one column, its own first.
    commonName: hit.commonName?.split('\n', 1)[0],
    upn: hit.upn,
    ...tbsCertificate.validity,
    template: hit.template,
    version: tbsCertificate.version,
    thumbprint: formatHex(await (await engine()).digest('sha1', raw)),
  };
}

/** The layout of document 004, "Recovery Batch File", with hashes as Windows prints them since 2016. */
export function candidateLines(config: string, candidates: readonly Candidate[], style: DateStyle): string[] {
  const blocks = candidates.map(
    ({ serialNumber, subject, upn, notBefore, notAfter, template, version, thumbprint }) => [
      `  Serial Number: ${serialNumber}`,
      `  Subject: ${subject}`,
      ...(upn === undefined ? [] : [`  UPN:${upn}`]),
      `  NotBefore: ${formatDate(notBefore, style)}`,
      `  NotAfter: ${formatDate(notAfter, style)}`,
      ...(template === '' ? [] : [`  Template: ${template}`]),
      `  Version: ${version}`,
      `  Cert Hash(sha1): ${thumbprint}`,
      '',
    ],
  );
  return [`"${config}"`, ...blocks.flat()].map(printable);
}

export function candidateJson({ commonName: _, ...candidate }: Candidate) {
  const { notBefore, notAfter } = candidate;
  return { ...candidate, notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() };
}
