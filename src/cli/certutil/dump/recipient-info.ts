import { formatHex } from '#pki/asn1/bytes';
import { identifiesCertificate } from '#pki/cms/certificate-match';
import type { RecipientIdentifier, RecipientInfo } from '#pki/cms/recipient-info';
import type { Certificate } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import { orUndefined } from '#pki/x509/readable-extension';
import { formatSerial } from '#pki/x509/serial-number';
import type { Json } from '../../io/verb.ts';
import { algorithmValue } from './algorithm-identifier.ts';
import { nameLines } from './name.ts';
import type { Page } from './page.ts';

/** Serial number and issuer, or the key identifier; the subject where its certificate is known. */
export function printIdentifier(page: Page, id: RecipientIdentifier, known: readonly Certificate[]): void {
  if ('issuerAndSerialNumber' in id) {
    page.line(`    Serial Number: ${formatSerial(id.issuerAndSerialNumber.serialNumber)}`);
    page.line('    Issuer:');
    page.lines(nameLines(id.issuerAndSerialNumber.issuer), '        ');
  } else page.dump(id.subjectKeyIdentifier);
  const certificate = known.find((each) => orUndefined(() => identifiesCertificate(id, each)));
  if (!certificate) return;
  page.line('    Subject:');
  page.lines(nameLines(certificate.tbsCertificate.subject), '        ');
}

export function identifierValue(id: RecipientIdentifier): Json {
  if (!('issuerAndSerialNumber' in id)) return { subjectKeyIdentifier: formatHex(id.subjectKeyIdentifier) };
  const { issuer, serialNumber } = id.issuerAndSerialNumber;
  return { issuer: formatName(issuer), serialNumber: formatSerial(serialNumber) };
}

/** The kinds by their names in wincrypt.h; PKCS #7 has but one and does not tell it. */
export function printRecipientInfo(page: Page, info: RecipientInfo, index: number): void {
  page.line();
  page.line(`Recipient Info[${index}]:`);
  switch (info.type) {
    case 'ktri':
      if (info.version !== 0) page.line('CMSG_KEY_TRANS_RECIPIENT(1)');
      printIdentifier(page, info.rid, []);
      return;
    case 'kari':
      page.line('CMSG_KEY_AGREE_RECIPIENT(2)');
      for (const { rid } of info.recipientEncryptedKeys) printIdentifier(page, rid, []);
      return;
    case 'other':
      page.line('CMSG_MAIL_LIST_RECIPIENT(3)');
      page.dump(info.raw);
  }
}

export function recipientValue(info: RecipientInfo): Json {
  if (info.type === 'other') return { kind: 'other', der: formatHex(info.raw) };
  const algorithm = { keyEncryptionAlgorithm: algorithmValue(info.keyEncryptionAlgorithm) };
  if (info.type === 'ktri') return { kind: 'keyTransport', rid: identifierValue(info.rid), ...algorithm };
  const rids = info.recipientEncryptedKeys.map(({ rid }) => identifierValue(rid));
  return { kind: 'keyAgreement', rids, ...algorithm };
}
