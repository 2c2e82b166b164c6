import { hresult } from '#hresult/hresult-error';
import { DerReader } from '../asn1/der-reader.ts';
import { type DerNode, integer, octetString, oid, sequence } from '../asn1/der-writer.ts';
import { TAG } from '../asn1/tag.ts';
import type { AlgorithmIdentifier } from './algorithm-identifier.ts';
import type { Cipher } from './engine.ts';

/** The ciphers of ContentEncryptionAlgorithmIdentifier: CBC with an initialization vector. */
export type BlockCipher = Exclude<Cipher, { readonly name: 'rc4' }>;

const OID_DES_EDE3_CBC = '1.2.840.113549.3.7';
const OID_RC2_CBC = '1.2.840.113549.3.2';

/** RFC 3565 §4.1. */
const AES: readonly (readonly [oid: string, keyLength: 16 | 24 | 32])[] = [
  ['2.16.840.1.101.3.4.1.2', 16],
  ['2.16.840.1.101.3.4.1.22', 24],
  ['2.16.840.1.101.3.4.1.42', 32],
];

/** RFC 2268 §6: the numbers in which rc2ParameterVersion hides the effective key bits below 256. */
const RC2_VERSIONS: readonly (readonly [version: number, effectiveBits: number])[] = [
  [160, 40],
  [120, 64],
  [58, 128],
];
const RC2_MAX_BITS = 1024;

/** Throws NTE_BAD_ALGID for a cipher that is not read here, Asn1Error or NTE_BAD_DATA for malformed parameters. */
export function contentCipher(algorithm: AlgorithmIdentifier): { cipher: BlockCipher; iv: Uint8Array } {
  const { algorithm: id, parameters } = algorithm;
  const aes = AES.find(([known]) => known === id);
  if (!aes && id !== OID_DES_EDE3_CBC && id !== OID_RC2_CBC) {
    throw hresult('NTE_BAD_ALGID', `Content encryption algorithm ${id}.`);
  }
  if (!parameters) throw hresult('NTE_BAD_DATA', `Content encryption algorithm ${id} without its parameters.`);
  const reader = new DerReader(parameters);
  const read = id === OID_RC2_CBC ? readRc2(reader) : undefined;
  const cipher: BlockCipher = aes ? { name: 'aes-cbc', keyLength: aes[1] } : (read?.cipher ?? { name: 'des-ede3-cbc' });
  const iv = read?.iv ?? reader.octetString();
  reader.finish();
  if (iv.length !== cipherBlockLength(cipher)) {
    throw hresult('NTE_BAD_DATA', `Initialization vector of ${iv.length} bytes for ${cipher.name}.`);
  }
  return { cipher, iv };
}

/** RC2-CBCParameter, RFC 2268 §6; the bare IV stands for 32 effective bits. */
function readRc2(reader: DerReader): { cipher: BlockCipher; iv: Uint8Array } {
  if (reader.peek() !== TAG.SEQUENCE) {
    return { cipher: { name: 'rc2-cbc', effectiveBits: 32 }, iv: reader.octetString() };
  }
  const fields = reader.sequence();
  const version = fields.smallInteger();
  const iv = fields.octetString();
  fields.finish();
  const effectiveBits =
    RC2_VERSIONS.find(([known]) => known === version)?.[1] ?? (version >= 256 && version <= RC2_MAX_BITS ? version : 0);
  if (effectiveBits % 8 !== 0 || effectiveBits === 0)
    throw hresult('NTE_BAD_ALGID', `RC2 parameter version ${version}.`);
  return { cipher: { name: 'rc2-cbc', effectiveBits }, iv };
}

/** The ContentEncryptionAlgorithmIdentifier of a cipher. Throws NTE_BAD_ALGID for RC2 of a length without a number. */
export function cipherAlgorithm(cipher: BlockCipher, iv: Uint8Array): DerNode {
  switch (cipher.name) {
    case 'aes-cbc':
      return sequence(oid(AES.find(([, keyLength]) => keyLength === cipher.keyLength)![0]), octetString(iv));
    case 'des-ede3-cbc':
      return sequence(oid(OID_DES_EDE3_CBC), octetString(iv));
    case 'rc2-cbc':
      return sequence(oid(OID_RC2_CBC), rc2Parameters(cipher.effectiveBits, iv));
  }
}

function rc2Parameters(effectiveBits: number, iv: Uint8Array): DerNode {
  if (effectiveBits === 32) return octetString(iv);
  const version = RC2_VERSIONS.find(([, bits]) => bits === effectiveBits)?.[0];
  if (version === undefined && (effectiveBits < 256 || effectiveBits > RC2_MAX_BITS)) {
    throw hresult('NTE_BAD_ALGID', `RC2 with ${effectiveBits} effective bits.`);
  }
  return sequence(integer(version ?? effectiveBits), octetString(iv));
}

/** Bytes of a content-encryption key; RC2's is as long as its effective bits (RFC 3370 §5.2). */
export function cipherKeyLength(cipher: BlockCipher): number {
  switch (cipher.name) {
    case 'aes-cbc':
      return cipher.keyLength;
    case 'des-ede3-cbc':
      return 24;
    case 'rc2-cbc':
      return cipher.effectiveBits / 8;
  }
}

/** Bytes of a block and of the initialization vector. */
export function cipherBlockLength(cipher: BlockCipher): number {
  return cipher.name === 'aes-cbc' ? 16 : 8;
}

/**
 * Throws NTE_BAD_LEN where key or initialization vector have a length the cipher does not know, NTE_BAD_ALGID for RC2 of
 * effective bits it does not know. RC4 has no initialization vector; what is given for it is not looked at.
 */
export function requireKeyAndIv(cipher: Cipher, key: Uint8Array, iv: Uint8Array): void {
  const longest = cipher.name === 'rc2-cbc' ? RC2_MAX_BITS / 8 : cipher.name === 'rc4' ? 256 : cipherKeyLength(cipher);
  const shortest = cipher.name === 'rc2-cbc' || cipher.name === 'rc4' ? 1 : longest;
  if (key.length < shortest || key.length > longest)
    throw hresult('NTE_BAD_LEN', `A key of ${key.length} bytes for ${cipher.name}.`);
  if (cipher.name !== 'rc4' && iv.length !== cipherBlockLength(cipher)) {
    throw hresult('NTE_BAD_LEN', `An initialization vector of ${iv.length} bytes for ${cipher.name}.`);
  }
  if (cipher.name === 'rc2-cbc' && !(cipher.effectiveBits >= 1 && cipher.effectiveBits <= RC2_MAX_BITS)) {
    throw hresult('NTE_BAD_ALGID', `RC2 with ${cipher.effectiveBits} effective bits.`);
  }
}
