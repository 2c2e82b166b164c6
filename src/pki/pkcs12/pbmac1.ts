import { hresult } from '#hresult/hresult-error';
import { decodeWhole } from '../asn1/decode-whole.ts';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../crypto/algorithm-identifier.ts';
import { wipe } from '../crypto/engine.ts';
import { derivationRuns } from './kdf.ts';
import type { PbeOpening } from './pbe.ts';
import { decodePbkdf2Params, derivePbkdf2, hmacDigest } from './pbkdf2-params.ts';

/** RFC 9579 §5: no key under 20 octets. The longest any HMAC uses as it is has 128. */
const MIN_KEY_LENGTH = 20;
const MAX_KEY_LENGTH = 128;

/**
 * PBMAC1 (RFC 8018 §7.1) as RFC 9579 has it in PKCS #12: salt and iterations stand in its own parameters, those of MacData
 * do not count. Throws NTE_BAD_ALGID, ERROR_INVALID_DATA, NTE_BAD_DATA or Asn1Error for malformed parameters.
 */
export async function computePbmac1(
  { parameters }: AlgorithmIdentifier,
  data: Uint8Array,
  { password, engine, budget }: PbeOpening,
): Promise<Uint8Array> {
  if (!parameters) throw hresult('NTE_BAD_DATA', 'PBMAC1 without its parameters.');
  const { derivation, digest } = decodeWhole(parameters, (reader) => {
    const fields = reader.sequence();
    const read = {
      derivation: decodePbkdf2Params(readAlgorithmIdentifier(fields)),
      digest: hmacDigest(readAlgorithmIdentifier(fields)),
    };
    fields.finish();
    return read;
  });
  const { keyLength = 0, iterationCount, prf } = derivation;
  if (keyLength < MIN_KEY_LENGTH || keyLength > MAX_KEY_LENGTH) {
    throw hresult('ERROR_INVALID_DATA', `PBMAC1 with a key of ${keyLength} bytes.`);
  }
  budget.spend(iterationCount, derivationRuns(prf, keyLength));
  const key = await derivePbkdf2(derivation, password.utf8, keyLength, engine);
  try {
    return await engine.hmac(digest, key, data);
  } finally {
    wipe(key);
  }
}
