/**
 * A private key in any form a client archives it in or a recovery BLOB holds it: MS-WCCE 2.2.2.9, and PKCS#8. What the form
 * is, the first bytes tell.
 */
import { hresult } from '#hresult/hresult-error';
import { isSameBytes } from '../asn1/bytes.ts';
import { TAG } from '../asn1/tag.ts';
import { wipe } from '../crypto/engine.ts';
import { usablePrivateKey } from '../crypto/usable-key.ts';
import { decodeBcryptEccBlob, isBcryptEccBlob } from './bcrypt-ecc-blob.ts';
import { bcryptRsaMagic, decodeBcryptRsaBlob } from './bcrypt-rsa-blob.ts';
import { decodeCapiPrivateKeyBlob, isCapiPrivateKeyBlob } from './capi-blob.ts';
import { pointOfPrivateNumber } from './ec-point.ts';
import { keySpecOfUsage, keyUsageOfPrivateKey } from './key-usage-attribute.ts';
import { computePublicKey, isSamePublicKey } from './public-key-match.ts';

export type KeyBlobFormat =
  /** PRIVATEKEYBLOB. */
  | 'capi'
  /** BCRYPT_RSAKEY_BLOB. */
  | 'bcrypt-rsa'
  /** BCRYPT_ECCKEY_BLOB. */
  | 'bcrypt-ecc'
  /** PrivateKeyInfo. */
  | 'pkcs8'
  /** A PFX, which only its password opens. */
  | 'pfx';

export interface KeyBlob {
  readonly format: Exclude<KeyBlobFormat, 'pfx'>;
  /** DER PrivateKeyInfo; the caller wipes it. */
  readonly pkcs8: Uint8Array;
  /** What its form says of it: CALG_RSA_SIGN, an ECDSA magic and a KeyUsage of signatures alone are `signature`. */
  readonly usage: 'exchange' | 'signature';
  /** AT_KEYEXCHANGE or AT_SIGNATURE of a CAPI blob; 0 for CNG and PKCS#8. */
  readonly keySpec: 0 | 1 | 2;
}

/** By the first bytes alone; undefined for what is none of these. */
export function keyBlobFormat(bytes: Uint8Array): KeyBlobFormat | undefined {
  if (isCapiPrivateKeyBlob(bytes)) return 'capi';
  if (bcryptRsaMagic(bytes) !== undefined) return 'bcrypt-rsa';
  if (isBcryptEccBlob(bytes)) return 'bcrypt-ecc';
  if (bytes[0] !== TAG.SEQUENCE) return undefined;
  // PrivateKeyInfo and PFX both begin with their version: 0 or 1 there, 3 here (RFC 7292 §4).
  const version = bytes.subarray(headerLength(bytes), headerLength(bytes) + 3);
  if (isSameBytes(version, Uint8Array.of(TAG.INTEGER, 1, 3))) return 'pfx';
  return version[0] === TAG.INTEGER && version[1] === 1 && version[2]! < 2 ? 'pkcs8' : undefined;
}

/** Of a tag of one octet and its length in any form, the indefinite one of a BER PFX too. */
function headerLength(bytes: Uint8Array): number {
  const first = bytes[1] ?? 0;
  return first < 0x80 ? 2 : 2 + (first & 0x7f);
}

/**
 * The key, whole and checked: RSA numbers belong together, an EC point is that of its number, and where
 * `expectedPublicKey` (DER SubjectPublicKeyInfo) is given it is that key.
 * Throws NTE_BAD_TYPE for what holds no private key of these forms, NTE_BAD_DATA or Asn1Error for malformed bytes,
 * NTE_BAD_ALGID for keys that are neither RSA nor on a NIST curve, NTE_BAD_KEY for a key that contradicts itself or is
 * another one.
 */
export function decodeKeyBlob(bytes: Uint8Array, expectedPublicKey?: Uint8Array): KeyBlob {
  const blob = decodeByFormat(bytes, expectedPublicKey);
  try {
    if (expectedPublicKey && !isSamePublicKey(computePublicKey(blob.pkcs8), expectedPublicKey)) {
      throw hresult('NTE_BAD_KEY', 'The key blob holds another key.');
    }
    return blob;
  } catch (error) {
    wipe(blob.pkcs8);
    throw error;
  }
}

function decodeByFormat(bytes: Uint8Array, expectedPublicKey: Uint8Array | undefined): KeyBlob {
  const format = keyBlobFormat(bytes);
  switch (format) {
    case 'capi': {
      const { pkcs8, keySpec } = decodeCapiPrivateKeyBlob(bytes);
      return { format, pkcs8, keySpec, usage: keySpec === 1 ? 'exchange' : 'signature' };
    }
    case 'bcrypt-rsa':
      return { format, pkcs8: decodeBcryptRsaBlob(bytes), keySpec: 0, usage: 'exchange' };
    case 'bcrypt-ecc': {
      const { pkcs8, use } = decodeBcryptEccBlob(bytes, expectedPublicKey);
      return { format, pkcs8, keySpec: 0, usage: use === 'ECDH' ? 'exchange' : 'signature' };
    }
    case 'pkcs8': {
      requireWholeKey(bytes);
      const isSignature = keySpecOfUsage(keyUsageOfPrivateKey(bytes)) === 2;
      return { format, pkcs8: bytes.slice(), keySpec: 0, usage: isSignature ? 'signature' : 'exchange' };
    }
    case 'pfx':
      throw hresult('NTE_BAD_TYPE', 'The bytes are a PKCS #12 file and not a key blob.', {
        hint: 'It opens with its password: certutil -importPFX.',
      });
    default:
      throw hresult('NTE_BAD_TYPE', 'The bytes are in no known form of a private key.');
  }
}

function requireWholeKey(pkcs8: Uint8Array): void {
  const key = usablePrivateKey(pkcs8);
  if (key.type === 'ec' && key.point && !isSameBytes(key.point, pointOfPrivateNumber(key.curve, key.d))) {
    throw hresult('NTE_BAD_KEY', 'The public point is not that of the private number.');
  }
}
