import { hresult } from '#hresult/hresult-error';
import { isSameBytes } from '../asn1/bytes.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import { type DerNode, integer, octetString, sequence } from '../asn1/der-writer.ts';
import { id_PBMAC1 } from '../asn1/oid-table.ts';
import {
  type AlgorithmIdentifier,
  algorithmIdentifier,
  algorithmIdentifierOf,
  algorithmWithNull,
  readAlgorithmIdentifier,
} from '../crypto/algorithm-identifier.ts';
import { digestLength, digestOfOid, digestOid } from '../crypto/digest-algorithm.ts';
import { type CryptoEngine, type DigestAlgorithm, wipe } from '../crypto/engine.ts';
import { derivePkcs12, KDF_ID } from './kdf.ts';
import type { PbeOpening } from './pbe.ts';
import { computePbmac1 } from './pbmac1.ts';

/** RFC 7292 §4, after PKCS #7. */
export interface DigestInfo {
  readonly digestAlgorithm: AlgorithmIdentifier;
  readonly digest: Uint8Array;
}

/**
 * `MacData`, RFC 7292 §4.
 *
 * ```asn1
 * MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 }
 * ```
 */
export interface MacData {
  readonly mac: DigestInfo;
  readonly macSalt: Uint8Array;
  /** Undefined where it is left out, which means 1. */
  readonly iterations: number | undefined;
}

export function readMacData(reader: DerReader): MacData {
  const fields = reader.sequence();
  const info = fields.sequence();
  const mac = { digestAlgorithm: readAlgorithmIdentifier(info), digest: info.octetString() };
  info.finish();
  const macSalt = fields.octetString();
  const iterations = fields.atEnd ? undefined : fields.smallInteger();
  fields.finish();
  return { mac, macSalt, iterations };
}

export function macData({ mac, macSalt, iterations }: MacData): DerNode {
  return sequence(
    sequence(algorithmIdentifier(mac.digestAlgorithm), octetString(mac.digest)),
    octetString(macSalt),
    iterations === undefined ? undefined : integer(iterations),
  );
}

/**
 * Whether the password made this MAC over the content of the AuthenticatedSafe: HMAC under the derivation of RFC 7292
 * appendix B, or PBMAC1 (RFC 9579). Throws NTE_BAD_ALGID, ERROR_INVALID_DATA for an iteration count out of bounds.
 */
export async function verifyMac(data: MacData, authSafe: Uint8Array, opening: PbeOpening): Promise<boolean> {
  const { digestAlgorithm, digest } = data.mac;
  if (digestAlgorithm.algorithm === id_PBMAC1) {
    const computed = await computePbmac1(digestAlgorithm, authSafe, opening);
    return isSameBytes(computed, digest);
  }
  const algorithm = digestOfOid(digestAlgorithm.algorithm);
  if (!algorithm) {
    throw hresult('NTE_BAD_ALGID', `MAC of digest algorithm ${digestAlgorithm.algorithm}.`, {
      hint: 'MACs of SHA-1, SHA-256, SHA-384, SHA-512 and MD5 are read: have the file written again with one of them',
    });
  }
  const iterations = data.iterations ?? 1;
  opening.budget.spend(iterations);
  const salted = { macSalt: data.macSalt, iterations };
  return isSameBytes(await computeMac(algorithm, salted, authSafe, opening.password.bmpString, opening.engine), digest);
}

/** A new MAC with a salt of 20 octets, as Windows has it. */
export async function createMac(
  algorithm: DigestAlgorithm,
  authSafe: Uint8Array,
  password: Uint8Array,
  iterations: number,
  engine: CryptoEngine,
): Promise<MacData> {
  const salted = { macSalt: engine.random(20), iterations };
  const digest = await computeMac(algorithm, salted, authSafe, password, engine);
  return {
    mac: { digestAlgorithm: algorithmIdentifierOf(algorithmWithNull(digestOid(algorithm))), digest },
    ...salted,
  };
}

async function computeMac(
  digest: DigestAlgorithm,
  { macSalt, iterations }: { readonly macSalt: Uint8Array; readonly iterations: number },
  authSafe: Uint8Array,
  password: Uint8Array,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  const length = digestLength(digest);
  const key = await derivePkcs12({ digest, password, salt: macSalt, id: KDF_ID.mac, iterations, length }, engine);
  try {
    return await engine.hmac(digest, key, authSafe);
  } finally {
    wipe(key);
  }
}
