import type { CryptoEngine } from '#pki/crypto/engine';
import { positiveSerial } from '#pki/x509/serial-number';

/**
 * 128 random bits under a fixed first bit pair, so that the number is positive and its length never varies. AD CS's
 * ten-byte form holds 32 random bits at most; CA/Browser Forum BR §7.1 asks for 64.
 */
export function randomSerialNumber(engine: CryptoEngine): Uint8Array {
  const magnitude = new Uint8Array(17);
  magnitude.set(engine.random(16), 1);
  magnitude[0] = 0x40;
  return positiveSerial(magnitude);
}
