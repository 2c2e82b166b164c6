import { createCipheriv, createDecipheriv } from 'node:crypto';
import { hresult } from '#hresult/hresult-error';
import { keyWrapFailed, requireUnwrappable, requireWrappable } from '../aes-key-wrap.ts';
import { cbcDecrypt, cbcEncrypt } from '../cbc.ts';
import { requireKeyAndIv } from '../cipher-algorithm.ts';
import { type Cipher, wipe } from '../engine.ts';
import { rc2 } from '../rc2.ts';
import { rc4 } from '../rc4.ts';

/** Node's name of a cipher; undefined for those that its OpenSSL keeps in the legacy provider. */
function nodeName(cipher: Cipher): string | undefined {
  switch (cipher.name) {
    case 'aes-cbc':
      return `aes-${cipher.keyLength * 8}-cbc`;
    case 'des-ede3-cbc':
      return 'des-ede3-cbc';
    default:
      return undefined;
  }
}

export function encrypt(cipher: Cipher, key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Uint8Array {
  requireKeyAndIv(cipher, key, iv);
  if (cipher.name === 'rc2-cbc') return cbcEncrypt(rc2(key, cipher.effectiveBits), iv, plaintext);
  if (cipher.name === 'rc4') return rc4(key, plaintext);
  return run(createCipheriv(nodeName(cipher)!, key, iv), plaintext);
}

export function decrypt(cipher: Cipher, key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  requireKeyAndIv(cipher, key, iv);
  if (cipher.name === 'rc2-cbc') return cbcDecrypt(rc2(key, cipher.effectiveBits), iv, ciphertext);
  if (cipher.name === 'rc4') return rc4(key, ciphertext);
  const decipher = createDecipheriv(nodeName(cipher)!, key, iv);
  try {
    return run(decipher, ciphertext);
  } catch (error) {
    throw hresult('NTE_BAD_DATA', 'The padding of the decrypted content is wrong.', { cause: error });
  }
}

export function wrapAes(keyEncryptionKey: Uint8Array, key: Uint8Array): Uint8Array {
  requireWrappable(keyEncryptionKey, key);
  return run(createCipheriv(wrapName(keyEncryptionKey), keyEncryptionKey, WRAP_IV), key);
}

export function unwrapAes(keyEncryptionKey: Uint8Array, wrapped: Uint8Array): Uint8Array {
  requireUnwrappable(keyEncryptionKey, wrapped);
  try {
    return run(createDecipheriv(wrapName(keyEncryptionKey), keyEncryptionKey, WRAP_IV), wrapped);
  } catch {
    throw keyWrapFailed();
  }
}

/** RFC 3394 §2.2.3.1. */
const WRAP_IV = new Uint8Array(8).fill(0xa6);

function wrapName(keyEncryptionKey: Uint8Array): string {
  return `aes${keyEncryptionKey.length * 8}-wrap`;
}

interface Transform {
  update(data: Uint8Array): Uint8Array;
  final(): Uint8Array;
}

/** All of it in one array; the pieces may hold a private key and are wiped. */
function run(transform: Transform, data: Uint8Array): Uint8Array {
  const body = transform.update(data);
  let rest: Uint8Array | undefined;
  try {
    rest = transform.final();
    const out = new Uint8Array(body.length + rest.length);
    out.set(body);
    out.set(rest, body.length);
    return out;
  } finally {
    wipe(body, rest);
  }
}
