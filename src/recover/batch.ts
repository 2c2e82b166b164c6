import { HresultError } from '#hresult/hresult-error';
import { wipe } from '#pki/crypto/engine';
import { openRecoveryBlob, type RecoveredKey, type RecoveryRequest } from './open-blob.ts';

export interface NamedBlob {
  /** What the caller knows it by: a file, a serial number. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type BatchResult<T> =
  | { readonly name: string; readonly ok: true; readonly value: T }
  | { readonly name: string; readonly ok: false; readonly error: HresultError };

/**
 * Opens BLOB after BLOB in the order given and hands each key to `use`, after which it is wiped: only one key is in the clear
 * at a time. A BLOB that fails, or whose `use` fails, does not stop the others.
 */
export async function recoverBatch<T>(
  blobs: readonly NamedBlob[],
  request: RecoveryRequest,
  use: (recovered: RecoveredKey, name: string) => Promise<T>,
): Promise<readonly BatchResult<T>[]> {
  const results: BatchResult<T>[] = [];
  for (const { name, bytes } of blobs) {
    let recovered: RecoveredKey | undefined;
    try {
      recovered = await openRecoveryBlob(bytes, request);
      results.push({ name, ok: true, value: await use(recovered, name) });
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      results.push({ name, ok: false, error });
    } finally {
      wipe(recovered?.pkcs8);
    }
  }
  return results;
}
