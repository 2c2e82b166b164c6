import { isSameBytes } from '#pki/asn1/bytes';
import type { Certificate } from '#pki/x509/certificate';
import { formatSerial } from '#pki/x509/serial-number';
import type { CaDatabase } from '../ports.ts';

/** What the CA's own records say of a certificate. */
export interface IssuedCertificate {
  /** DB_DISP. */
  readonly disposition: number;
  /** `DOMAIN\name` of whose certificate it is. */
  readonly requesterName: string;
}

/** Undefined for one that this CA has not issued, byte for byte. */
export async function findIssued(
  database: CaDatabase,
  { raw, tbsCertificate }: Certificate,
): Promise<IssuedCertificate | undefined> {
  const rows = database.view({
    table: 'Requests',
    columns: ['Request.Disposition', 'Request.RequesterName', 'RawCertificate'],
    restrictions: [{ column: 'SerialNumber', operator: '=', value: formatSerial(tbsCertificate.serialNumber) }],
  });
  for await (const row of rows) {
    const recorded = row.get('RawCertificate');
    if (!(recorded instanceof Uint8Array) || !isSameBytes(recorded, raw)) continue;
    return {
      disposition: Number(row.get('Request.Disposition')),
      requesterName: String(row.get('Request.RequesterName') ?? ''),
    };
  }
  return undefined;
}
