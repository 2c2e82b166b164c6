import { formatHex } from '#pki/asn1/bytes';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { CaDatabase } from '../ports.ts';

/** What was decided of each request. The certificate itself is in CertificateHash. */
const COLUMNS = [
  'Request.RequestID',
  'Request.Disposition',
  'Request.RequesterName',
  'Request.KeyRecoveryHashes',
  'Request.RevokedReason',
  'Request.RevokedWhen',
  'SerialNumber',
  'CertificateHash',
] as const;
const ROWS_AT_ONCE = 1000;

/**
 * SHA-256 over the requests in the order of their numbers, in hexadecimal: what 4881 told when the CA stopped, 4880 tells
 * when it starts again, unless somebody changed the rows meanwhile or a start brought to its end what a crash had interrupted.
 */
export async function databaseHash(database: CaDatabase, engine: Pick<CryptoEngine, 'digest'>): Promise<string> {
  let hash = await engine.digest('sha256', new Uint8Array());
  let rows: string[] = [];
  // In pieces, each with the hash of those before it: the engine hashes what is in memory.
  const flush = async () => {
    hash = await engine.digest('sha256', new TextEncoder().encode(`${formatHex(hash)}\n${rows.join('\n')}`));
    rows = [];
  };
  for await (const row of database.view({
    table: 'Requests',
    columns: COLUMNS,
    sort: { column: 'Request.RequestID', descending: false },
  })) {
    rows.push(JSON.stringify(COLUMNS.map((column) => row.get(column) ?? null)));
    if (rows.length === ROWS_AT_ONCE) await flush();
  }
  if (rows.length > 0) await flush();
  return formatHex(hash);
}
