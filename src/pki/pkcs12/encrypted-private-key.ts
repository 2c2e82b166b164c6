import { decodeWhole } from '../asn1/decode-whole.ts';
import { encodeDer, octetString, sequence } from '../asn1/der-writer.ts';
import {
  type AlgorithmIdentifier,
  algorithmIdentifier,
  readAlgorithmIdentifier,
} from '../crypto/algorithm-identifier.ts';
import type { CryptoEngine } from '../crypto/engine.ts';
import { IterationBudget } from './iteration-budget.ts';
import { type PasswordForm, passwordForms, wipePasswords } from './password.ts';
import { openPbe, type PfxAlgorithm, sealPbe } from './pbe.ts';

/**
 * `EncryptedPrivateKeyInfo`, RFC 5208 §6: what a pkcs8ShroudedKeyBag holds, and what a key leaves a provider as that may leave
 * encrypted only.
 *
 * ```asn1
 * EncryptedPrivateKeyInfo ::= SEQUENCE { encryptionAlgorithm AlgorithmIdentifier, encryptedData OCTET STRING }
 * ```
 */
export interface EncryptedPrivateKeyInfo {
  readonly encryptionAlgorithm: AlgorithmIdentifier;
  readonly encryptedData: Uint8Array;
}

/** Throws Asn1Error. */
export function decodeEncryptedPrivateKeyInfo(der: Uint8Array): EncryptedPrivateKeyInfo {
  return decodeWhole(der, (reader) => {
    const fields = reader.sequence();
    const encryptionAlgorithm = readAlgorithmIdentifier(fields);
    const encryptedData = fields.octetString();
    fields.finish();
    return { encryptionAlgorithm, encryptedData };
  });
}

export interface KeySealing {
  readonly algorithm: PfxAlgorithm;
  readonly iterations: number;
  readonly password: PasswordForm;
  readonly engine: CryptoEngine;
}

/** DER EncryptedPrivateKeyInfo of a PrivateKeyInfo, which stays the caller's to wipe. */
export async function sealPrivateKeyInfo(
  pkcs8: Uint8Array,
  { algorithm, iterations, password, engine }: KeySealing,
): Promise<Uint8Array> {
  const sealed = await sealPbe(algorithm, pkcs8, password, iterations, engine);
  return encodeDer(sequence(algorithmIdentifier(sealed.algorithm), octetString(sealed.ciphertext)));
}

/** The same under a password that stands alone, in the new form. */
export async function sealUnderPassword(
  pkcs8: Uint8Array,
  password: string,
  iterations: number,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  const forms = passwordForms(password);
  try {
    return await sealPrivateKeyInfo(pkcs8, { algorithm: 'AES256_SHA256', iterations, password: forms[0]!, engine });
  } finally {
    wipePasswords(forms);
  }
}

/**
 * The PrivateKeyInfo; the caller wipes it. Throws ERROR_INVALID_PASSWORD where the padding says so: one wrong password in 256
 * yields bytes that are no key. Otherwise as openPbe.
 */
export async function openUnderPassword(der: Uint8Array, password: string, engine: CryptoEngine): Promise<Uint8Array> {
  const { encryptionAlgorithm, encryptedData } = decodeEncryptedPrivateKeyInfo(der);
  const forms = passwordForms(password);
  try {
    return await openPbe(encryptionAlgorithm, encryptedData, {
      password: forms[0]!,
      engine,
      budget: new IterationBudget(),
    });
  } finally {
    wipePasswords(forms);
  }
}
