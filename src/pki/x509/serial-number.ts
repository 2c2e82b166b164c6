import { hresult } from '#hresult/hresult-error';
import { formatHex, parseHex } from '../asn1/bytes.ts';

/**
 * A serial number is kept as the content octets of its INTEGER (RFC 5280 §4.1.2.2): big-endian, with a leading zero
 * octet where the first bit would be one.
 */

/** Hexadecimal as certutil prints it, without the sign octet. */
export function formatSerial(serialNumber: Uint8Array): string {
  const signed = serialNumber.length > 1 && serialNumber[0] === 0;
  return formatHex(signed ? serialNumber.subarray(1) : serialNumber);
}

/**
 * Reads what a person types or pastes: blanks and case do not count, nor a leading `0x`, nor leading zeros.
 * Throws ERROR_INVALID_PARAMETER on anything but hexadecimal digits, and on more than 64 octets.
 */
export function parseSerial(text: string): Uint8Array {
  const digits = text
    .replace(/\s+/g, '')
    .replace(/^0x/i, '')
    .replace(/^0+(?=.)/, '');
  if (!/^[0-9a-fA-F]{1,128}$/.test(digits)) {
    throw hresult('ERROR_INVALID_PARAMETER', 'A serial number is written in hexadecimal digits.');
  }
  return positiveSerial(parseHex(digits.length % 2 === 0 ? digits : `0${digits}`));
}

/** The content octets of the INTEGER with this magnitude: leading zeros dropped, a sign octet added where it is needed. */
export function positiveSerial(magnitude: Uint8Array): Uint8Array {
  const start = magnitude.findIndex((octet) => octet !== 0);
  if (start < 0) return Uint8Array.of(0);
  const bare = magnitude.subarray(start);
  return bare[0]! & 0x80 ? Uint8Array.of(0, ...bare) : Uint8Array.from(bare);
}
