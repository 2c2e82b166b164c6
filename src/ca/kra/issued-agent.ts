import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import type { CaDatabase } from '../ports.ts';

/** The certificate of an agent that is in no store any more, out of the CA's own records; by SHA-1, lower-case hex. */
export async function issuedAgent(
  database: Pick<CaDatabase, 'view'>,
  thumbprint: string,
): Promise<Certificate | undefined> {
  for await (const row of database.view({
    table: 'Requests',
    columns: ['RawCertificate'],
    restrictions: [{ column: 'CertificateHash', operator: '=', value: thumbprint }],
    limit: 1,
  })) {
    const raw = row.get('RawCertificate');
    if (raw instanceof Uint8Array) return decodeCertificate(raw);
  }
  return undefined;
}
