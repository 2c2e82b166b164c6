import { formatHex } from '#pki/asn1/bytes';
import type { CryptoEngine } from '#pki/crypto/engine';
import { type Certificate, thumbprint } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import { formatSerial } from '#pki/x509/serial-number';
import { formatDate } from '../io/date.ts';
import type { Json } from '../io/verb.ts';

/** What certreq says of a certificate that it put into My. */
export async function installedCertificate(
  certificate: Certificate,
  engine: CryptoEngine,
): Promise<{ readonly lines: readonly string[]; readonly json: Json }> {
  const { serialNumber, subject, validity } = certificate.tbsCertificate;
  const hash = formatHex(await thumbprint(certificate, engine));
  const serial = formatSerial(serialNumber);
  const name = formatName(subject);
  return {
    lines: [
      'Installed Certificate:',
      `  Serial Number: ${serial}`,
      `  Subject: ${name}`,
      ` NotBefore: ${formatDate(validity.notBefore)}`,
      ` NotAfter: ${formatDate(validity.notAfter)}`,
      `  Thumbprint: ${hash}`,
    ],
    json: {
      serialNumber: serial,
      subject: name,
      notBefore: validity.notBefore.toISOString(),
      notAfter: validity.notAfter.toISOString(),
      thumbprint: hash,
    },
  };
}
