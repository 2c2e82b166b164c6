import type { DigestAlgorithm } from '../engine.ts';
import { requirePbkdf2 } from '../pbkdf2.ts';
import { hmacMd5, md5, pbkdf2Md5 } from './md5.ts';
import { type SubtleCrypto, webDigestName } from './web-crypto.ts';

export async function digest(subtle: SubtleCrypto, algorithm: DigestAlgorithm, data: Uint8Array): Promise<Uint8Array> {
  if (algorithm === 'md5') return md5(data);
  return new Uint8Array(await subtle.digest(webDigestName(algorithm), data));
}

export async function hmac(
  subtle: SubtleCrypto,
  algorithm: DigestAlgorithm,
  key: Uint8Array,
  data: Uint8Array,
): Promise<Uint8Array> {
  if (algorithm === 'md5') return hmacMd5(key, data);
  // WebCrypto refuses an empty key; HMAC pads with zeros (RFC 2104 §2), so one zero byte is the same key.
  const bytes = key.length === 0 ? new Uint8Array(1) : key;
  const imported = await subtle.importKey('raw', bytes, { name: 'HMAC', hash: webDigestName(algorithm) }, false, [
    'sign',
  ]);
  return new Uint8Array(await subtle.sign('HMAC', imported, data));
}

export async function pbkdf2(
  subtle: SubtleCrypto,
  algorithm: DigestAlgorithm,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Promise<Uint8Array> {
  requirePbkdf2(iterations, length);
  if (algorithm === 'md5') return pbkdf2Md5(password, salt, iterations, length);
  const imported = await subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
  const parameters = { name: 'PBKDF2', hash: webDigestName(algorithm), salt, iterations };
  return new Uint8Array(await subtle.deriveBits(parameters, imported, 8 * length));
}
