import type { RecoveryRecipient } from '#ca/api';

/**
 * The recipients of an archived key: whose certificates open it. CRYPT_MSG's names for their kinds are what certutil prints
 * of any enveloped message; the subject and the hash are there where the agent's certificate is known.
 */
export function recipientLines(recipients: readonly RecoveryRecipient[]): string[] {
  return recipients.flatMap(({ type, issuer, serialNumber, subject, thumbprint }, index) => [
    `Recipient Info[${index}]:`,
    type === 'kari' ? 'CMSG_KEY_AGREE_RECIPIENT(2)' : 'CMSG_KEY_TRANS_RECIPIENT(1)',
    ...(serialNumber === ''
      ? ['CERT_ID_KEY_IDENTIFIER(2)']
      : ['CERT_ID_ISSUER_SERIAL_NUMBER(1)', `    Serial Number: ${serialNumber}`, `    Issuer: ${issuer}`]),
    ...(subject === undefined ? [] : [`    Subject: ${subject}`]),
    ...(thumbprint === undefined ? [] : [`    Cert Hash(sha1): ${thumbprint}`]),
  ]);
}
