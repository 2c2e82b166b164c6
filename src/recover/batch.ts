import { HresultError } from '#hresult/hresult-error';
import { wipe } from '#pki/crypto/engine';
import { openRecoveryBlob, type RecoveredKey, type RecoveryRequest } from './open-blob.ts';

export interface NamedBlob {
  /** What the caller knows it by: a file, a serial number. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type BatchResult =
  | { readonly name: string; readonly ok: true; readonly key: RecoveredKey }
  | { readonly name: string; readonly ok: false; readonly error: HresultError };

/** How many are under way at a time: as many as libuv has threads for private keys. */
const WIDTH = 4;

/**
 * Opens many BLOBs and answers in their order. One that fails does not stop the others; the caller wipes the keys. Where a
 * fault of our own ends the batch, those opened so far are wiped.
 */
export async function recoverBatch(
  blobs: readonly NamedBlob[],
  request: RecoveryRequest,
): Promise<readonly BatchResult[]> {
  const results: BatchResult[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < blobs.length; index = next++) {
      const { name, bytes } = blobs[index]!;
      try {
        results[index] = { name, ok: true, key: await openRecoveryBlob(bytes, request) };
      } catch (error) {
        if (!(error instanceof HresultError)) throw error;
        results[index] = { name, ok: false, error };
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(WIDTH, blobs.length) }, lane));
  const failed = lanes.find((ended) => ended.status === 'rejected');
  if (!failed) return results;
  wipeKeys(results);
  throw failed.reason;
}

export function wipeKeys(results: readonly (BatchResult | undefined)[]): void {
  for (const result of results) if (result?.ok) wipe(result.key.pkcs8);
}
