import { hresult } from '#hresult/hresult-error';
import { id_data } from '../asn1/oid-table.ts';
import type { ContentInfo } from '../cms/content-info.ts';
import type { CryptoEngine } from '../crypto/engine.ts';
import type { PrivateKeySealer } from '../crypto/key-provider.ts';
import { type KeySealing, sealPrivateKeyInfo } from './encrypted-private-key.ts';
import { createMac } from './mac.ts';
import { passwordForms, wipePasswords } from './password.ts';
import { type PfxAlgorithm, sealPbe } from './pbe.ts';
import { dataContentInfo, encodeAuthenticatedSafe, encodePfx, encryptedDataContentInfo } from './pfx.ts';
import type { PfxCertificate, PfxContents, PfxKey } from './pfx-contents.ts';
import { certBagOf, crlBagOf, encodeSafeContents, type SafeBag, shroudedKeyBagOf } from './safe-bag.ts';

/** What was opened can be sealed again as it is; `keyBagAttributes` and `certBagAttributes` make attributes anew. */
export interface PfxToSeal {
  readonly keys: readonly Pick<PfxKey, 'pkcs8' | 'attributes'>[];
  /** Keys that left their provider encrypted already, by `withKeySealer`: they come after the others. */
  readonly sealedKeys?: readonly SealedPfxKey[];
  readonly certificates: readonly Pick<PfxCertificate, 'certificate' | 'attributes'>[];
  readonly crls?: PfxContents['crls'];
}

export interface SealedPfxKey extends Pick<PfxKey, 'attributes'> {
  /** DER. */
  readonly encryptedPrivateKeyInfo: Uint8Array;
}

export interface SealOptions {
  readonly algorithm: PfxAlgorithm;
  /** Of every derivation in the file; `defaultIterations` where it is left out. */
  readonly iterations?: number | undefined;
  /** False leaves the certificates readable without the password; they are covered by the MAC all the same. */
  readonly encryptCertificates?: boolean | undefined;
}

/**
 * Windows writes 2000 for both. The old form is for readers as old as itself and keeps that. The new one counts fifty times
 * as far in encryption and MAC alike, because a guesser takes the cheaper of the two; more would meet .NET's limits of
 * 300,000 iterations in one derivation and 1,000,000 in a file (Pkcs12LoaderLimits).
 */
export const DEFAULT_ITERATIONS: Record<PfxAlgorithm, number> = { AES256_SHA256: 100_000, TripleDES_SHA1: 2_000 };

/** .NET's, which every derivation of a file shares. */
const ITERATIONS_OF_A_FILE = 1_000_000;

/**
 * Of each derivation in a file of so many keys: each of them has one, the certificates and the MAC have one each, and a reader's
 * limit is on all together. Never below what Windows writes.
 */
export function defaultIterations(algorithm: PfxAlgorithm, keys: number): number {
  const shared = Math.floor(ITERATIONS_OF_A_FILE / (keys + 2));
  return Math.max(DEFAULT_ITERATIONS.TripleDES_SHA1, Math.min(DEFAULT_ITERATIONS[algorithm], shared));
}

/** What makes the `encryptedPrivateKeyInfo` of a key where it leaves its provider; for one file and its password. */
export async function withKeySealer<T>(
  password: string,
  { algorithm, iterations }: Pick<SealOptions, 'algorithm'> & { readonly iterations: number },
  engine: CryptoEngine,
  use: (seal: PrivateKeySealer) => Promise<T>,
): Promise<T> {
  const forms = passwordForms(password);
  try {
    const sealing: KeySealing = { algorithm, iterations, password: forms[0]!, engine };
    return await use((pkcs8) => sealPrivateKeyInfo(pkcs8, sealing));
  } finally {
    wipePasswords(forms);
  }
}

/**
 * A PFX laid out as Windows lays it out: shrouded keys in a `data`, then certificates and CRLs in an `encryptedData`; a part
 * without contents is left out. The private keys stay the caller's to wipe.
 * Throws ERROR_INVALID_PARAMETER for an iteration count below 1.
 */
export async function sealPfx(
  contents: PfxToSeal,
  password: string,
  options: SealOptions,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  const { algorithm, encryptCertificates = true } = options;
  const iterations = options.iterations ?? defaultIterations(algorithm, keyCount(contents));
  if (!Number.isInteger(iterations) || iterations < 1) {
    throw hresult('ERROR_INVALID_PARAMETER', `An iteration count of ${iterations}.`);
  }
  const forms = passwordForms(password);
  try {
    const sealing: KeySealing = { algorithm, iterations, password: forms[0]!, engine };
    const safes: ContentInfo[] = [];
    if (keyCount(contents) > 0) safes.push(await keySafe(contents, sealing));
    const bags: SafeBag[] = [
      ...contents.certificates.map(({ certificate, attributes }) => certBagOf(certificate, attributes)),
      ...(contents.crls ?? []).map(crlBagOf),
    ];
    if (bags.length > 0) safes.push(encryptCertificates ? await encryptedSafe(bags, sealing) : plainSafe(bags));
    const authSafe = encodeAuthenticatedSafe(safes);
    const digest = algorithm === 'AES256_SHA256' ? 'sha256' : 'sha1';
    const macData = await createMac(digest, authSafe, sealing.password.bmpString, iterations, engine);
    return encodePfx({ authSafe: dataContentInfo(authSafe), macData });
  } finally {
    wipePasswords(forms);
  }
}

function keyCount({ keys, sealedKeys = [] }: PfxToSeal): number {
  return keys.length + sealedKeys.length;
}

async function keySafe({ keys, sealedKeys = [] }: PfxToSeal, sealing: KeySealing): Promise<ContentInfo> {
  const bags: SafeBag[] = [];
  for (const { pkcs8, attributes } of keys) {
    bags.push(shroudedKeyBagOf(await sealPrivateKeyInfo(pkcs8, sealing), attributes));
  }
  bags.push(...sealedKeys.map((key) => shroudedKeyBagOf(key.encryptedPrivateKeyInfo, key.attributes)));
  return plainSafe(bags);
}

function plainSafe(bags: readonly SafeBag[]): ContentInfo {
  return dataContentInfo(encodeSafeContents(bags));
}

async function encryptedSafe(bags: readonly SafeBag[], sealing: KeySealing): Promise<ContentInfo> {
  const { password, iterations, engine } = sealing;
  const sealed = await sealPbe(sealing.algorithm, encodeSafeContents(bags), password, iterations, engine);
  return encryptedDataContentInfo({
    contentType: id_data,
    contentEncryptionAlgorithm: sealed.algorithm,
    encryptedContent: sealed.ciphertext,
  });
}
