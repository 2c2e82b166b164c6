import { hresult } from '#hresult/hresult-error';
import type { BlockCipher } from '#pki/crypto/cipher-algorithm';
import type { Configuration } from '../config/configuration.ts';

/**
 * What archived keys are sealed with: CNGEncryptionAlgorithm and SymmetricKeySize below EncryptionCSP. 3DES where they
 * are absent, as AD CS has it; a new Certhaven CA is installed with AES and 256.
 */
export function archiveCipher(configuration: Configuration): BlockCipher {
  const algorithm = configuration.string('CNGEncryptionAlgorithm', 'EncryptionCSP')?.toUpperCase();
  if (algorithm === undefined || algorithm === '3DES') return { name: 'des-ede3-cbc' };
  const bits = configuration.dword('SymmetricKeySize', 'EncryptionCSP') ?? 128;
  if (algorithm === 'AES' && (bits === 128 || bits === 192 || bits === 256)) {
    return { name: 'aes-cbc', keyLength: (bits / 8) as 16 | 24 | 32 };
  }
  throw hresult('NTE_BAD_ALGID', `EncryptionCSP names ${algorithm} of ${bits} bits.`, {
    hint: 'certutil -setreg CA\\EncryptionCSP\\CNGEncryptionAlgorithm AES, and SymmetricKeySize 256',
  });
}
