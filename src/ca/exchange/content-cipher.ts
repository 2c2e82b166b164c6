/** The ciphers that EncryptionCSP names, in CNG's words and in CAPI's numbers. */
import { hresult } from '#hresult/hresult-error';
import type { BlockCipher } from '#pki/crypto/cipher-algorithm';

const HINT = 'certutil -setreg CA\\EncryptionCSP\\CNGEncryptionAlgorithm AES, and SymmetricKeySize 256';

/** CNGEncryptionAlgorithm and SymmetricKeySize: 3DES where they are absent, as AD CS has it. Throws NTE_BAD_ALGID. */
export function cngCipher(algorithm: string | undefined, bits: number | undefined): BlockCipher {
  const name = algorithm?.toUpperCase() ?? '3DES';
  if (name === '3DES') return { name: 'des-ede3-cbc' };
  return aes(name === 'AES' ? (bits ?? 128) : undefined, `${name} of ${bits ?? 128} bits`);
}

/** EncryptionAlgorithm, an ALG_ID of wincrypt.h; CALG_AES leaves the length to SymmetricKeySize. Throws NTE_BAD_ALGID. */
export function calgCipher(algorithm: number | undefined, bits: number | undefined): BlockCipher {
  switch (algorithm) {
    case undefined:
    case 0x6603:
      return { name: 'des-ede3-cbc' };
    case 0x660e:
      return aes(128);
    case 0x660f:
      return aes(192);
    case 0x6610:
      return aes(256);
    case 0x6611:
      return aes(bits ?? 128);
    default:
      return aes(undefined, `the algorithm 0x${algorithm.toString(16)}`);
  }
}

function aes(bits: number | undefined, named = `AES of ${bits} bits`): BlockCipher {
  if (bits === 128 || bits === 192 || bits === 256) return { name: 'aes-cbc', keyLength: (bits / 8) as 16 | 24 | 32 };
  throw hresult('NTE_BAD_ALGID', `EncryptionCSP names ${named}.`, { hint: HINT });
}
