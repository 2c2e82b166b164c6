import { HresultError } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { identifiesCertificate } from '#pki/cms/certificate-match';
import type { EnvelopedData } from '#pki/cms/enveloped-data';
import { type NamedRecipient, namedRecipients } from '#pki/cms/open';
import type { RecipientIdentifier } from '#pki/cms/recipient-info';
import type { CryptoEngine } from '#pki/crypto/engine';
import { type Certificate, thumbprint } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import { formatSerial } from '#pki/x509/serial-number';

/** One of the agents a key is sealed to. */
export interface BlobRecipient {
  /** Its place among the recipients, from 0: certutil's RecipientIndex. */
  readonly index: number;
  readonly rid: RecipientIdentifier;
  /** `ktri`: the content key is transported to an RSA key; `kari`: agreed upon with an elliptic curve key. */
  readonly type: NamedRecipient['type'];
  /** As certutil prints them; empty where the recipient is named by key identifier and no certificate is known. */
  readonly issuer: string;
  readonly serialNumber: string;
  /** The agent's certificate, where the BLOB carries it. */
  readonly certificate: Certificate | undefined;
  readonly subject: string | undefined;
  /** SHA-1 of the certificate, lower-case hexadecimal. */
  readonly thumbprint: string | undefined;
}

/** The recipients in the order of the message, each with its certificate from among `certificates`. */
export async function describeRecipients(
  envelopedData: EnvelopedData,
  certificates: readonly Certificate[],
  engine: CryptoEngine,
): Promise<readonly BlobRecipient[]> {
  return Promise.all(
    namedRecipients(envelopedData).map(async ({ type, rid }, index) => {
      const certificate = certificates.find((candidate) => identifiesCertificate(rid, candidate));
      const id = 'issuerAndSerialNumber' in rid ? rid.issuerAndSerialNumber : certificate?.tbsCertificate;
      return {
        index,
        rid,
        type,
        issuer: id ? formatName(id.issuer) : '',
        serialNumber: id ? formatSerial(id.serialNumber) : '',
        certificate,
        subject: certificate && formatName(certificate.tbsCertificate.subject),
        thumbprint: certificate && formatHex(await thumbprint(certificate, engine)),
      };
    }),
  );
}

/** CRYPT_E_NO_DECRYPT_CERT with the agents who could have opened the BLOB. */
export class NoRecipientKeyError extends HresultError {
  readonly recipients: readonly BlobRecipient[];

  constructor(recipients: readonly BlobRecipient[]) {
    super('CRYPT_E_NO_DECRYPT_CERT', `The key is sealed to ${recipients.map(nameOf).join('; ') || 'nobody'}.`, {
      hint: 'Give the BLOB to one of these key recovery agents, or add the key of one: certutil -user -importPFX <file>',
    });
    this.name = 'NoRecipientKeyError';
    this.recipients = recipients;
  }
}

/** The agent in words: his subject, else his certificate by issuer and serial number, else his key identifier. */
export function nameOf({ rid, subject, issuer, serialNumber }: BlobRecipient): string {
  if (subject !== undefined) return subject;
  if ('subjectKeyIdentifier' in rid) return `the key ${formatHex(rid.subjectKeyIdentifier)}`;
  return `certificate ${serialNumber} of ${issuer}`;
}
