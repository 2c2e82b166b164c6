/**
 * The RSA blobs of CryptoAPI: PUBLICKEYBLOB and PRIVATEKEYBLOB (MS-WCCE 2.2.2.9.1, Windows SDK "Base Provider Key BLOBs").
 * BLOBHEADER { bType, bVersion 2, reserved, aiKeyAlg }, RSAPUBKEY { magic, bitlen, pubexp }, then the numbers. All of it is
 * little-endian.
 */
import { hresult } from '#hresult/hresult-error';
import { wipe } from '../crypto/engine.ts';
import type { KeySpec } from '../crypto/key-provider.ts';
import { privateKeyKind, rsaPrivateKeyInfo } from '../crypto/private-key-info.ts';
import { publicKeyKind, rsaPublicKeyInfo } from '../crypto/public-key.ts';
import type { RSAPrivateKey } from '../crypto/rsa-private-key.ts';
import { usablePrivateKey } from '../crypto/usable-key.ts';
import { BlobReader, bitLength, reversed, writeNumber, writeUint32 } from './blob-reader.ts';

const PUBLICKEYBLOB = 0x06;
const PRIVATEKEYBLOB = 0x07;
const CUR_BLOB_VERSION = 2;
const CALG_RSA_KEYX = 0xa400;
const CALG_RSA_SIGN = 0x2400;
const RSA1 = 0x31415352;
const RSA2 = 0x32415352;
/** What the engines take; a longer announcement is not worth an allocation. */
const MAX_BITS = 16384;

/** CALG_RSA_KEYX is AT_KEYEXCHANGE, CALG_RSA_SIGN AT_SIGNATURE. */
export type CapiKeySpec = Exclude<KeySpec, 0>;

export function isCapiPrivateKeyBlob(bytes: Uint8Array): boolean {
  return bytes[0] === PRIVATEKEYBLOB && bytes[1] === CUR_BLOB_VERSION;
}

export function isCapiPublicKeyBlob(bytes: Uint8Array): boolean {
  return bytes[0] === PUBLICKEYBLOB && bytes[1] === CUR_BLOB_VERSION;
}

/**
 * DER PrivateKeyInfo of a PRIVATEKEYBLOB; the caller wipes it. Throws NTE_BAD_DATA for malformed bytes, NTE_BAD_ALGID for a
 * key that is not RSA, NTE_BAD_KEY for numbers that do not belong together.
 */
export function decodeCapiPrivateKeyBlob(blob: Uint8Array): { pkcs8: Uint8Array; keySpec: CapiKeySpec } {
  const { reader, keySpec, bits, publicExponent } = readHeader(blob, PRIVATEKEYBLOB, RSA2);
  const [whole, half] = [Math.ceil(bits / 8), Math.ceil(bits / 16)];
  const numbers: Uint8Array[] = [];
  const next = (length: number): Uint8Array => {
    const number = reversed(reader.take(length));
    numbers.push(number);
    return number;
  };
  let pkcs8: Uint8Array | undefined;
  try {
    const key: RSAPrivateKey = {
      publicExponent,
      modulus: next(whole),
      prime1: next(half),
      prime2: next(half),
      exponent1: next(half),
      exponent2: next(half),
      coefficient: next(half),
      privateExponent: next(whole),
    };
    reader.finish();
    pkcs8 = rsaPrivateKeyInfo(key);
    usablePrivateKey(pkcs8);
    return { pkcs8, keySpec };
  } catch (error) {
    wipe(pkcs8);
    throw error;
  } finally {
    wipe(...numbers);
  }
}

/** DER SubjectPublicKeyInfo of a PUBLICKEYBLOB. Throws NTE_BAD_DATA, NTE_BAD_ALGID. */
export function decodeCapiPublicKeyBlob(blob: Uint8Array): { publicKey: Uint8Array; keySpec: CapiKeySpec } {
  const { reader, keySpec, bits, publicExponent } = readHeader(blob, PUBLICKEYBLOB, RSA1);
  const modulus = reversed(reader.take(Math.ceil(bits / 8)));
  reader.finish();
  return { publicKey: rsaPublicKeyInfo(modulus, publicExponent), keySpec };
}

function readHeader(blob: Uint8Array, bType: number, magic: number) {
  const reader = new BlobReader(blob);
  const [type, version, low, high] = reader.take(4);
  if (type !== bType || version !== CUR_BLOB_VERSION || low !== 0 || high !== 0) {
    throw hresult('NTE_BAD_DATA', `Not a key blob of type ${bType}.`);
  }
  const aiKeyAlg = reader.uint32(true);
  if (aiKeyAlg !== CALG_RSA_KEYX && aiKeyAlg !== CALG_RSA_SIGN) {
    throw hresult('NTE_BAD_ALGID', `The key blob is of algorithm 0x${aiKeyAlg.toString(16)}, RSA is expected.`);
  }
  if (reader.uint32(true) !== magic) throw hresult('NTE_BAD_DATA', 'The key blob has another magic number.');
  const bits = reader.uint32(true);
  if (bits === 0 || bits > MAX_BITS) throw hresult('NTE_BAD_DATA', `The key blob announces ${bits} bits.`);
  const publicExponent = reversed(reader.take(4));
  const keySpec: CapiKeySpec = aiKeyAlg === CALG_RSA_KEYX ? 1 : 2;
  return { reader, keySpec, bits, publicExponent };
}

/**
 * The PRIVATEKEYBLOB of an RSA key; the caller wipes it. Throws NTE_BAD_ALGID for another key, NTE_BAD_LEN for one the form
 * cannot hold: a public exponent over 32 bits, a prime over half of the modulus.
 */
export function encodeCapiPrivateKeyBlob(pkcs8: Uint8Array, keySpec: CapiKeySpec = 1): Uint8Array {
  const key = privateKeyKind(pkcs8);
  if (key.type !== 'rsa') throw hresult('NTE_BAD_ALGID', 'Only RSA keys have a PRIVATEKEYBLOB.');
  const bits = bitLength(key.modulus);
  const [whole, half] = [Math.ceil(bits / 8), Math.ceil(bits / 16)];
  const blob = new Uint8Array(20 + 2 * whole + 5 * half);
  try {
    let at = writeHeader(blob, PRIVATEKEYBLOB, keySpec, RSA2, bits, key.publicExponent);
    at = writeNumber(blob, at, key.modulus, whole, 'little-endian');
    for (const number of [key.prime1, key.prime2, key.exponent1, key.exponent2, key.coefficient]) {
      at = writeNumber(blob, at, number, half, 'little-endian');
    }
    writeNumber(blob, at, key.privateExponent, whole, 'little-endian');
    return blob;
  } catch (error) {
    wipe(blob);
    throw error;
  }
}

/** The PUBLICKEYBLOB of a DER SubjectPublicKeyInfo. Throws NTE_BAD_ALGID, NTE_BAD_LEN as above. */
export function encodeCapiPublicKeyBlob(publicKey: Uint8Array, keySpec: CapiKeySpec = 1): Uint8Array {
  const key = publicKeyKind(publicKey);
  if (key.type !== 'rsa') throw hresult('NTE_BAD_ALGID', 'Only RSA keys have a PUBLICKEYBLOB.');
  const whole = Math.ceil(key.bits / 8);
  const blob = new Uint8Array(20 + whole);
  const at = writeHeader(blob, PUBLICKEYBLOB, keySpec, RSA1, key.bits, key.publicExponent);
  writeNumber(blob, at, key.modulus, whole, 'little-endian');
  return blob;
}

function writeHeader(
  blob: Uint8Array,
  bType: number,
  keySpec: CapiKeySpec,
  magic: number,
  bits: number,
  publicExponent: Uint8Array,
): number {
  blob[0] = bType;
  blob[1] = CUR_BLOB_VERSION;
  const at = writeUint32(blob, 4, keySpec === 1 ? CALG_RSA_KEYX : CALG_RSA_SIGN, magic, bits);
  return writeNumber(blob, at, publicExponent, 4, 'little-endian');
}
