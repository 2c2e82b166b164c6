import { formatHex } from '#pki/asn1/bytes';

/** `5e 1f 0f`: the octets of a short value in one line. */
export function spacedHex(bytes: Uint8Array): string {
  return formatHex(bytes).replace(/..(?=.)/g, '$& ');
}

/** `16`, `c`: lengths and flags stand in hexadecimal without a prefix. */
export function bareHex(value: number): string {
  return value.toString(16);
}
