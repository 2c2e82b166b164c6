import { isSameBytes } from '#pki/asn1/bytes';
import type { Certificate } from '#pki/x509/certificate';
import { formatSerial } from '#pki/x509/serial-number';
import type { CaDatabase } from '../ports.ts';

export interface IssuedRow {
  /** Whose certificate it is. */
  readonly requesterName: string;
  /** DB_DISP. */
  readonly disposition: number;
  /** As AD CS stores it: an OID, or the common name of a version 1 template. */
  readonly template: string;
}

/** The row of a certificate that this CA issued, byte for byte; undefined for another's. */
export async function findIssued(database: CaDatabase, certificate: Certificate): Promise<IssuedRow | undefined> {
  for await (const row of database.view({
    table: 'Requests',
    columns: ['Request.RequesterName', 'Request.Disposition', 'CertificateTemplate', 'RawCertificate'],
    restrictions: [
      { column: 'SerialNumber', operator: '=', value: formatSerial(certificate.tbsCertificate.serialNumber) },
    ],
  })) {
    const raw = row.get('RawCertificate');
    if (!(raw instanceof Uint8Array) || !isSameBytes(raw, certificate.raw)) continue;
    return {
      requesterName: String(row.get('Request.RequesterName') ?? ''),
      disposition: Number(row.get('Request.Disposition')),
      template: String(row.get('CertificateTemplate') ?? ''),
    };
  }
  return undefined;
}
