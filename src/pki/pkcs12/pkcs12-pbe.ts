import { hresult } from '#hresult/hresult-error';
import { decodeWhole } from '../asn1/decode-whole.ts';
import { integer, octetString, oid, sequence } from '../asn1/der-writer.ts';
import {
  pbeWithSHAAnd2_KeyTripleDES_CBC,
  pbeWithSHAAnd3_KeyTripleDES_CBC,
  pbeWithSHAAnd40BitRC2_CBC,
  pbeWithSHAAnd40BitRC4,
  pbeWithSHAAnd128BitRC2_CBC,
  pbeWithSHAAnd128BitRC4,
} from '../asn1/oid-table.ts';
import { type AlgorithmIdentifier, algorithmIdentifierOf } from '../crypto/algorithm-identifier.ts';
import { type Cipher, type CryptoEngine, wipe } from '../crypto/engine.ts';
import { decryptByPassword } from './decrypt-by-password.ts';
import type { IterationBudget } from './iteration-budget.ts';
import { derivationRuns, derivePkcs12, KDF_ID } from './kdf.ts';

interface PbeScheme {
  readonly oid: string;
  readonly cipher: Cipher;
  /** Bytes derived for the key; two-key Triple-DES uses the first third again. */
  readonly keyLength: number;
  readonly ivLength: number;
}

const TRIPLE_DES: PbeScheme = {
  oid: pbeWithSHAAnd3_KeyTripleDES_CBC,
  cipher: { name: 'des-ede3-cbc' },
  keyLength: 24,
  ivLength: 8,
};

/** RFC 7292 appendix C. */
const SCHEMES: readonly PbeScheme[] = [
  TRIPLE_DES,
  { oid: pbeWithSHAAnd2_KeyTripleDES_CBC, cipher: { name: 'des-ede3-cbc' }, keyLength: 16, ivLength: 8 },
  { oid: pbeWithSHAAnd128BitRC2_CBC, cipher: { name: 'rc2-cbc', effectiveBits: 128 }, keyLength: 16, ivLength: 8 },
  { oid: pbeWithSHAAnd40BitRC2_CBC, cipher: { name: 'rc2-cbc', effectiveBits: 40 }, keyLength: 5, ivLength: 8 },
  { oid: pbeWithSHAAnd128BitRC4, cipher: { name: 'rc4' }, keyLength: 16, ivLength: 0 },
  { oid: pbeWithSHAAnd40BitRC4, cipher: { name: 'rc4' }, keyLength: 5, ivLength: 0 },
];

export function isPkcs12Pbe(algorithm: string): boolean {
  return SCHEMES.some(({ oid: id }) => id === algorithm);
}

/** `pkcs-12PbeParams ::= SEQUENCE { salt OCTET STRING, iterations INTEGER }`, RFC 7292 appendix C. */
interface Pkcs12PbeParams {
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/**
 * One of the six schemes of RFC 7292 appendix C, all with SHA-1. `password` is the BMPString form.
 * Throws ERROR_INVALID_DATA for an iteration count out of bounds, ERROR_INVALID_PASSWORD where the padding is wrong,
 * NTE_BAD_DATA and Asn1Error for malformed parameters.
 */
export async function openPkcs12Pbe(
  { algorithm, parameters }: AlgorithmIdentifier,
  ciphertext: Uint8Array,
  password: Uint8Array,
  engine: CryptoEngine,
  budget: IterationBudget,
): Promise<Uint8Array> {
  const scheme = SCHEMES.find(({ oid: id }) => id === algorithm)!;
  if (!parameters) throw hresult('NTE_BAD_DATA', 'Password-based encryption without its parameters.');
  const params = decodeWhole(parameters, (reader): Pkcs12PbeParams => {
    const fields = reader.sequence();
    const read = { salt: fields.octetString(), iterations: fields.smallInteger() };
    fields.finish();
    return read;
  });
  budget.spend(params.iterations, derivationRuns('sha1', scheme.keyLength) + derivationRuns('sha1', scheme.ivLength));
  const { key, iv } = await deriveKeyAndIv(scheme, params, password, engine);
  try {
    return await decryptByPassword(scheme.cipher, key, iv, ciphertext, engine);
  } finally {
    wipe(key);
  }
}

/** pbeWithSHAAnd3-KeyTripleDES-CBC, for importers older than Windows Server 2019. */
export async function sealTripleDes(
  plaintext: Uint8Array,
  password: Uint8Array,
  iterations: number,
  engine: CryptoEngine,
): Promise<{ algorithm: AlgorithmIdentifier; ciphertext: Uint8Array }> {
  const salt = engine.random(8);
  const { key, iv } = await deriveKeyAndIv(TRIPLE_DES, { salt, iterations }, password, engine);
  try {
    const ciphertext = await engine.encrypt(TRIPLE_DES.cipher, key, iv, plaintext);
    const parameters = sequence(octetString(salt), integer(iterations));
    return { algorithm: algorithmIdentifierOf(sequence(oid(TRIPLE_DES.oid), parameters)), ciphertext };
  } finally {
    wipe(key);
  }
}

async function deriveKeyAndIv(
  scheme: PbeScheme,
  params: Pkcs12PbeParams,
  password: Uint8Array,
  engine: CryptoEngine,
): Promise<{ key: Uint8Array; iv: Uint8Array }> {
  const common = { digest: 'sha1', password, ...params } as const;
  const derived = await derivePkcs12({ ...common, id: KDF_ID.key, length: scheme.keyLength }, engine);
  const iv = await derivePkcs12({ ...common, id: KDF_ID.iv, length: scheme.ivLength }, engine);
  if (scheme.cipher.name !== 'des-ede3-cbc' || scheme.keyLength === 24) return { key: derived, iv };
  const key = new Uint8Array(24);
  key.set(derived);
  key.set(derived.subarray(0, 8), 16);
  wipe(derived);
  return { key, iv };
}
