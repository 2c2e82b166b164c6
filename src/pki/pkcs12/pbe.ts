import { hresult } from '#hresult/hresult-error';
import { id_PBES2 } from '../asn1/oid-table.ts';
import type { AlgorithmIdentifier } from '../crypto/algorithm-identifier.ts';
import type { CryptoEngine } from '../crypto/engine.ts';
import type { IterationBudget } from './iteration-budget.ts';
import type { PasswordForm } from './password.ts';
import { openPbes2, sealPbes2 } from './pbes2.ts';
import { isPkcs12Pbe, openPkcs12Pbe, sealTripleDes } from './pkcs12-pbe.ts';

/** As `Export-PfxCertificate -CryptoAlgorithmOption` and `certutil -exportPFX` name them. */
export type PfxAlgorithm = 'AES256_SHA256' | 'TripleDES_SHA1';

/** A file that is being opened: what its derivations share. */
export interface PbeOpening {
  readonly password: PasswordForm;
  readonly engine: CryptoEngine;
  readonly budget: IterationBudget;
}

/**
 * The plaintext; the caller wipes it where it is secret. Throws NTE_BAD_ALGID for a scheme that is not read here,
 * ERROR_INVALID_PASSWORD where the padding is wrong, ERROR_INVALID_DATA, NTE_BAD_DATA and Asn1Error for bad parameters.
 */
export async function openPbe(
  algorithm: AlgorithmIdentifier,
  ciphertext: Uint8Array,
  { password, engine, budget }: PbeOpening,
): Promise<Uint8Array> {
  if (algorithm.algorithm === id_PBES2) {
    return openPbes2(algorithm.parameters, ciphertext, password.utf8, engine, budget);
  }
  if (isPkcs12Pbe(algorithm.algorithm)) {
    return openPkcs12Pbe(algorithm, ciphertext, password.bmpString, engine, budget);
  }
  throw hresult('NTE_BAD_ALGID', `Password-based encryption algorithm ${algorithm.algorithm}.`);
}

export function sealPbe(
  algorithm: PfxAlgorithm,
  plaintext: Uint8Array,
  password: PasswordForm,
  iterations: number,
  engine: CryptoEngine,
): Promise<{ algorithm: AlgorithmIdentifier; ciphertext: Uint8Array }> {
  return algorithm === 'AES256_SHA256'
    ? sealPbes2(plaintext, password.utf8, iterations, engine)
    : sealTripleDes(plaintext, password.bmpString, iterations, engine);
}
