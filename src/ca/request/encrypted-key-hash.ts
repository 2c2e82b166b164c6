import { decodeFullRequest } from '#pki/cmc/full-request';
import { CR_FLG } from '../schema/dispositions.ts';
import type { RequestRow } from '../schema/requests.ts';

/** The hash of the encrypted private key that the answer echoes (szOID_ENCRYPTED_KEY_HASH), where a key was archived. */
export function encryptedKeyHashOf(row: Pick<RequestRow, 'RequestFlags' | 'RawRequest'>): Uint8Array | undefined {
  if (((row.RequestFlags ?? 0) & CR_FLG.VALIDENCRYPTEDKEYHASH) === 0 || !row.RawRequest) return undefined;
  return decodeFullRequest(row.RawRequest).encryptedKeyHash;
}
