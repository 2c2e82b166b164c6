import { createHash } from 'node:crypto';

/** Lower-case hexadecimal: how Windows names certificates and CRLs in their stores. */
export function sha1(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex');
}
