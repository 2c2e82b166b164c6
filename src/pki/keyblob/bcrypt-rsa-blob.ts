/**
 * BCRYPT_RSAKEY_BLOB of CNG: six 32-bit words { Magic, BitLength, cbPublicExp, cbModulus, cbPrime1, cbPrime2 }, then
 * big-endian numbers. The Windows SDK writes the words in the machine's order, which is little-endian; MS-WCCE 2.2.2.9.2
 * says big-endian. Both are read, the first is written.
 */
import { hresult } from '#hresult/hresult-error';
import { wipe } from '../crypto/engine.ts';
import { privateKeyKind, rsaPrivateKeyInfo } from '../crypto/private-key-info.ts';
import { publicKeyKind, rsaPublicKeyInfo } from '../crypto/public-key.ts';
import type { RSAPrivateKey } from '../crypto/rsa-private-key.ts';
import { usablePrivateKey } from '../crypto/usable-key.ts';
import { BlobReader, bitLength, writeNumber, writeUint32 } from './blob-reader.ts';
import { completeRsaPrivateKey } from './rsa-private-numbers.ts';

/** BCRYPT_RSAPUBLIC_MAGIC, BCRYPT_RSAPRIVATE_MAGIC and BCRYPT_RSAFULLPRIVATE_MAGIC, in the order of their ASCII letters. */
const MAGIC = { RSA1: 0x31415352, RSA2: 0x32415352, RSA3: 0x33415352 } as const;

export type BcryptRsaMagic = keyof typeof MAGIC;

const HEADER = 24;
/** What the engines take (16384 bits), so that no number is longer before it is looked at. */
const MAX_BYTES = 2048;
const MAX_EXPONENT_BYTES = 8;

/** Undefined where the bytes do not begin as such a blob. */
export function bcryptRsaMagic(bytes: Uint8Array): BcryptRsaMagic | undefined {
  return readMagic(bytes)?.magic;
}

function readMagic(bytes: Uint8Array): { magic: BcryptRsaMagic; littleEndian: boolean } | undefined {
  if (bytes.length < 4) return undefined;
  for (const littleEndian of [true, false]) {
    const word = new BlobReader(bytes).uint32(littleEndian);
    for (const magic of ['RSA1', 'RSA2', 'RSA3'] as const) if (MAGIC[magic] === word) return { magic, littleEndian };
  }
  return undefined;
}

/**
 * DER PrivateKeyInfo of an RSA2 or RSA3 blob; the caller wipes it. What RSA2 leaves out is computed. Throws NTE_BAD_DATA for
 * malformed bytes, NTE_BAD_TYPE for a public blob, NTE_BAD_KEY for numbers that do not belong together.
 */
export function decodeBcryptRsaBlob(blob: Uint8Array): Uint8Array {
  const header = readHeader(blob);
  const { reader, magic, sizes } = header;
  if (magic === 'RSA1') throw hresult('NTE_BAD_TYPE', 'The key blob holds a public key only.');
  const publicExponent = reader.take(sizes.publicExponent);
  const modulus = reader.take(sizes.modulus);
  const factors = { modulus, publicExponent, prime1: reader.take(sizes.prime1), prime2: reader.take(sizes.prime2) };
  let computed: RSAPrivateKey | undefined;
  let pkcs8: Uint8Array | undefined;
  try {
    if (magic === 'RSA3') {
      const [exponent1, exponent2] = [reader.take(sizes.prime1), reader.take(sizes.prime2)];
      const coefficient = reader.take(sizes.prime1);
      const privateExponent = reader.take(sizes.modulus);
      reader.finish();
      pkcs8 = rsaPrivateKeyInfo({ ...factors, exponent1, exponent2, coefficient, privateExponent });
    } else {
      reader.finish();
      computed = completeRsaPrivateKey(factors);
      pkcs8 = rsaPrivateKeyInfo(computed);
    }
    usablePrivateKey(pkcs8);
    return pkcs8;
  } catch (error) {
    wipe(pkcs8);
    throw error;
  } finally {
    wipe(computed?.privateExponent, computed?.exponent1, computed?.exponent2, computed?.coefficient);
  }
}

/** DER SubjectPublicKeyInfo of any of the three blobs. Throws NTE_BAD_DATA. */
export function decodeBcryptRsaPublicKey(blob: Uint8Array): Uint8Array {
  const { reader, sizes } = readHeader(blob);
  const publicExponent = reader.take(sizes.publicExponent);
  return rsaPublicKeyInfo(reader.take(sizes.modulus), publicExponent);
}

function readHeader(blob: Uint8Array) {
  const found = readMagic(blob);
  if (!found) throw hresult('NTE_BAD_DATA', 'Not a BCRYPT_RSAKEY_BLOB.');
  const { magic, littleEndian } = found;
  const reader = new BlobReader(blob, 4);
  const word = () => reader.uint32(littleEndian);
  const bitLength = word();
  const sizes = { publicExponent: word(), modulus: word(), prime1: word(), prime2: word() };
  const isPublic = magic === 'RSA1';
  const primesFit = isPublic || (sizes.prime1 > 0 && sizes.prime2 > 0);
  if (
    sizes.publicExponent < 1 ||
    sizes.publicExponent > MAX_EXPONENT_BYTES ||
    sizes.modulus > MAX_BYTES ||
    sizes.modulus !== Math.ceil(bitLength / 8) ||
    sizes.prime1 > sizes.modulus ||
    sizes.prime2 > sizes.modulus ||
    !primesFit
  ) {
    throw hresult('NTE_BAD_DATA', 'The lengths in the header of the BCRYPT_RSAKEY_BLOB contradict each other.');
  }
  return { reader, magic, sizes };
}

/** The caller wipes the blob. Throws NTE_BAD_ALGID for a key that is not RSA. */
export function encodeBcryptRsaBlob(pkcs8: Uint8Array, magic: 'RSA2' | 'RSA3'): Uint8Array {
  const key = privateKeyKind(pkcs8);
  if (key.type !== 'rsa') throw hresult('NTE_BAD_ALGID', 'Only RSA keys have a BCRYPT_RSAKEY_BLOB.');
  const { publicExponent: e, modulus: n, prime1: p, prime2: q } = key;
  const fields: [number: Uint8Array, length: number][] = [e, n, p, q].map((number) => [number, number.length]);
  if (magic === 'RSA3') {
    fields.push([key.exponent1, p.length], [key.exponent2, q.length], [key.coefficient, p.length]);
    fields.push([key.privateExponent, n.length]);
  }
  return encodeFields(magic, n, [e.length, n.length, p.length, q.length], fields);
}

/** The RSA1 blob of a DER SubjectPublicKeyInfo. Throws NTE_BAD_ALGID. */
export function encodeBcryptRsaPublicBlob(publicKey: Uint8Array): Uint8Array {
  const key = publicKeyKind(publicKey);
  if (key.type !== 'rsa') throw hresult('NTE_BAD_ALGID', 'Only RSA keys have a BCRYPT_RSAKEY_BLOB.');
  const { publicExponent: e, modulus: n } = key;
  const sizes: Sizes = [e.length, n.length, 0, 0];
  return encodeFields('RSA1', n, sizes, [
    [e, e.length],
    [n, n.length],
  ]);
}

type Sizes = [publicExponent: number, modulus: number, prime1: number, prime2: number];

function encodeFields(
  magic: BcryptRsaMagic,
  modulus: Uint8Array,
  sizes: Sizes,
  fields: readonly [number: Uint8Array, length: number][],
): Uint8Array {
  const blob = new Uint8Array(HEADER + fields.reduce((sum, [, length]) => sum + length, 0));
  let at = writeUint32(blob, 0, MAGIC[magic], bitLength(modulus), ...sizes);
  try {
    for (const [number, length] of fields) at = writeNumber(blob, at, number, length, 'big-endian');
    return blob;
  } catch (error) {
    wipe(blob);
    throw error;
  }
}
