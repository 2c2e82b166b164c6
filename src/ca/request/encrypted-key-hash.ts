import { decodeFullRequest } from '#pki/cmc/full-request';
import { decodePkcs7Request } from '#pki/cmc/pkcs7-request';
import { CR_FLG, CR_IN } from '../schema/dispositions.ts';
import type { RequestRow } from '../schema/requests.ts';

/** The bits of RequestType that tell the form. */
const FORM = 0xff00;

/** The hash of the encrypted private key that the answer echoes (szOID_ENCRYPTED_KEY_HASH), where a key was archived. */
export function encryptedKeyHashOf(
  row: Pick<RequestRow, 'RequestFlags' | 'RequestType' | 'RawRequest'>,
): Uint8Array | undefined {
  if (((row.RequestFlags ?? 0) & CR_FLG.VALIDENCRYPTEDKEYHASH) === 0 || !row.RawRequest) return undefined;
  const isPkcs7 = ((row.RequestType ?? 0) & FORM) === CR_IN.PKCS7;
  return (isPkcs7 ? decodePkcs7Request(row.RawRequest) : decodeFullRequest(row.RawRequest)).encryptedKeyHash;
}
