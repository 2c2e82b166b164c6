import { hresult } from '#hresult/hresult-error';
import { decodeWhole } from '../asn1/decode-whole.ts';
import { oid, sequence } from '../asn1/der-writer.ts';
import { id_PBES2 } from '../asn1/oid-table.ts';
import {
  type AlgorithmIdentifier,
  algorithmIdentifierOf,
  readAlgorithmIdentifier,
} from '../crypto/algorithm-identifier.ts';
import { cipherAlgorithm, cipherBlockLength, cipherKeyLength, contentCipher } from '../crypto/cipher-algorithm.ts';
import { type CryptoEngine, wipe } from '../crypto/engine.ts';
import { decryptByPassword } from './decrypt-by-password.ts';
import type { IterationBudget } from './iteration-budget.ts';
import { derivationRuns } from './kdf.ts';
import { decodePbkdf2Params, derivePbkdf2, type Pbkdf2Params, pbkdf2Algorithm } from './pbkdf2-params.ts';

/** RC2 keys may have any length up to 128 bytes; longer ones no cipher takes. */
const MAX_KEY_LENGTH = 128;

/**
 * PBES2 (RFC 8018 §6.2) of any PBKDF2 and any cipher the engines have. `password` in UTF-8.
 * Throws NTE_BAD_ALGID, ERROR_INVALID_DATA for an iteration count out of bounds, ERROR_INVALID_PASSWORD where the padding is
 * wrong, NTE_BAD_DATA and Asn1Error for malformed parameters.
 */
export async function openPbes2(
  parameters: Uint8Array | undefined,
  ciphertext: Uint8Array,
  password: Uint8Array,
  engine: CryptoEngine,
  budget: IterationBudget,
): Promise<Uint8Array> {
  if (!parameters) throw hresult('NTE_BAD_DATA', 'PBES2 without its parameters.');
  const { keyDerivationFunc, encryptionScheme } = decodeWhole(parameters, (reader) => {
    const fields = reader.sequence();
    const algorithms = {
      keyDerivationFunc: readAlgorithmIdentifier(fields),
      encryptionScheme: readAlgorithmIdentifier(fields),
    };
    fields.finish();
    return algorithms;
  });
  const derivation = decodePbkdf2Params(keyDerivationFunc);
  const { cipher, iv } = contentCipher(encryptionScheme);
  const keyLength = derivation.keyLength ?? cipherKeyLength(cipher);
  // RC2's effective bits and the length of its key are two things (RFC 8018 §B.2.3).
  const fits =
    cipher.name === 'rc2-cbc' ? keyLength > 0 && keyLength <= MAX_KEY_LENGTH : keyLength === cipherKeyLength(cipher);
  if (!fits) throw hresult('NTE_BAD_DATA', `PBKDF2 to ${keyLength} bytes for ${cipher.name}.`);
  budget.spend(derivation.iterationCount, derivationRuns(derivation.prf, keyLength));
  const key = await derivePbkdf2(derivation, password, keyLength, engine);
  try {
    return await decryptByPassword(cipher, key, iv, ciphertext, engine);
  } finally {
    wipe(key);
  }
}

/** AES-256-CBC under PBKDF2 with HMAC-SHA-256, the salt of 8 octets as Windows has it. */
export async function sealPbes2(
  plaintext: Uint8Array,
  password: Uint8Array,
  iterationCount: number,
  engine: CryptoEngine,
): Promise<{ algorithm: AlgorithmIdentifier; ciphertext: Uint8Array }> {
  const cipher = { name: 'aes-cbc', keyLength: 32 } as const;
  const derivation: Pbkdf2Params = { salt: engine.random(8), iterationCount, keyLength: undefined, prf: 'sha256' };
  const iv = engine.random(cipherBlockLength(cipher));
  const key = await derivePbkdf2(derivation, password, cipher.keyLength, engine);
  try {
    const ciphertext = await engine.encrypt(cipher, key, iv, plaintext);
    const parameters = sequence(pbkdf2Algorithm(derivation), cipherAlgorithm(cipher, iv));
    return { algorithm: algorithmIdentifierOf(sequence(oid(id_PBES2), parameters)), ciphertext };
  } finally {
    wipe(key);
  }
}
