import type { CtlEntry } from '#certstore/ports/certificate-store';
import { formatHex } from '#pki/asn1/bytes';
import type { CertificateTrustList } from '#pki/cms/certificate-trust-list';
import { type DateStyle, formatDate } from '../../io/date.ts';
import { namedObjectId } from '../text/object-id-lines.ts';

/** A CTL of a store; the layout is ours. */
export function ctlLines({ ctl, index, thumbprint }: CtlEntry, style: DateStyle): string[] {
  const { ctlThisUpdate, ctlNextUpdate, subjectUsage, subjectAlgorithm, trustedSubjects } = ctl;
  return [
    `================ CTL ${index} ================`,
    ...(ctl.listIdentifier ? [`List Identifier: ${ctlName(ctl)}`] : []),
    'Subject Usage:',
    ...subjectUsage.map((usage) => `    ${namedObjectId(usage)}`),
    ` ThisUpdate: ${formatDate(ctlThisUpdate, style)}`,
    ` NextUpdate: ${ctlNextUpdate ? formatDate(ctlNextUpdate, style) : 'EMPTY'}`,
    `Subject Algorithm: ${namedObjectId(subjectAlgorithm.algorithm)}`,
    `CTL Entries: ${trustedSubjects.length}`,
    `CTL Hash(sha1): ${thumbprint}`,
  ];
}

/** Its identifier, which is text more often than not; its first usage where it has none. */
export function ctlName({ listIdentifier, subjectUsage }: CertificateTrustList): string {
  if (!listIdentifier || listIdentifier.length === 0) return subjectUsage.map(namedObjectId)[0] ?? 'CTL';
  const text = new TextDecoder('utf-16le').decode(listIdentifier).replace(/\0$/, '');
  return /^[\x20-\x7e]+$/.test(text) ? text : formatHex(listIdentifier);
}
