import { hresult } from '#hresult/hresult-error';
import { id_data } from '../asn1/oid-table.ts';
import type { ContentInfo } from '../cms/content-info.ts';
import type { CryptoEngine } from '../crypto/engine.ts';
import { createMac } from './mac.ts';
import { type PasswordForm, passwordForms, wipePasswords } from './password.ts';
import { type PfxAlgorithm, sealPbe } from './pbe.ts';
import { dataContentInfo, encodeAuthenticatedSafe, encodePfx, encryptedDataContentInfo } from './pfx.ts';
import type { PfxCertificate, PfxContents, PfxKey } from './pfx-contents.ts';
import { certBagOf, crlBagOf, encodeSafeContents, type SafeBag, shroudedKeyBagOf } from './safe-bag.ts';

/** What was opened can be sealed again as it is; `keyBagAttributes` and `certBagAttributes` make attributes anew. */
export interface PfxToSeal {
  readonly keys: readonly Pick<PfxKey, 'pkcs8' | 'attributes'>[];
  readonly certificates: readonly Pick<PfxCertificate, 'certificate' | 'attributes'>[];
  readonly crls?: PfxContents['crls'];
}

export interface SealOptions {
  readonly algorithm: PfxAlgorithm;
  /** Of every derivation in the file; `DEFAULT_ITERATIONS` where it is left out. */
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
  const { algorithm, iterations = DEFAULT_ITERATIONS[algorithm], encryptCertificates = true } = options;
  if (!Number.isInteger(iterations) || iterations < 1) {
    throw hresult('ERROR_INVALID_PARAMETER', `An iteration count of ${iterations}.`);
  }
  const forms = passwordForms(password);
  try {
    const sealing: Sealing = { algorithm, iterations, password: forms[0]!, engine };
    const safes: ContentInfo[] = [];
    if (contents.keys.length > 0) safes.push(await keySafe(contents.keys, sealing));
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

interface Sealing {
  readonly algorithm: PfxAlgorithm;
  readonly iterations: number;
  readonly password: PasswordForm;
  readonly engine: CryptoEngine;
}

async function seal(plaintext: Uint8Array, { algorithm, password, iterations, engine }: Sealing) {
  return sealPbe(algorithm, plaintext, password, iterations, engine);
}

async function keySafe(keys: PfxToSeal['keys'], sealing: Sealing): Promise<ContentInfo> {
  const bags: SafeBag[] = [];
  for (const { pkcs8, attributes } of keys) {
    const { algorithm, ciphertext } = await seal(pkcs8, sealing);
    bags.push(shroudedKeyBagOf({ encryptionAlgorithm: algorithm, encryptedData: ciphertext }, attributes));
  }
  return plainSafe(bags);
}

function plainSafe(bags: readonly SafeBag[]): ContentInfo {
  return dataContentInfo(encodeSafeContents(bags));
}

async function encryptedSafe(bags: readonly SafeBag[], sealing: Sealing): Promise<ContentInfo> {
  const { algorithm, ciphertext } = await seal(encodeSafeContents(bags), sealing);
  return encryptedDataContentInfo({
    contentType: id_data,
    contentEncryptionAlgorithm: algorithm,
    encryptedContent: ciphertext,
  });
}
