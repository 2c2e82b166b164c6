import { hresult } from '#hresult/hresult-error';
import { decodeWhole } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import { type DerNode, integer, octetString, oid, sequence } from '../asn1/der-writer.ts';
import {
  id_hmacWithSHA1,
  id_hmacWithSHA256,
  id_hmacWithSHA384,
  id_hmacWithSHA512,
  id_PBKDF2,
} from '../asn1/oid-table.ts';
import { TAG } from '../asn1/tag.ts';
import {
  type AlgorithmIdentifier,
  algorithmWithNull,
  readAlgorithmIdentifier,
} from '../crypto/algorithm-identifier.ts';
import type { CryptoEngine, DigestAlgorithm } from '../crypto/engine.ts';

/**
 * `PBKDF2-params`, RFC 8018 §A.2.
 *
 * ```asn1
 * PBKDF2-params ::= SEQUENCE { salt CHOICE { specified OCTET STRING, otherSource AlgorithmIdentifier },
 *   iterationCount INTEGER, keyLength INTEGER OPTIONAL, prf AlgorithmIdentifier DEFAULT algid-hmacWithSHA1 }
 * ```
 */
export interface Pbkdf2Params {
  readonly salt: Uint8Array;
  readonly iterationCount: number;
  readonly keyLength: number | undefined;
  readonly prf: DigestAlgorithm;
}

const HMACS: readonly (readonly [oid: string, digest: DigestAlgorithm])[] = [
  [id_hmacWithSHA1, 'sha1'],
  [id_hmacWithSHA256, 'sha256'],
  [id_hmacWithSHA384, 'sha384'],
  [id_hmacWithSHA512, 'sha512'],
];

/** The digest of an HMAC (RFC 8018 §B.1). Throws NTE_BAD_ALGID. */
export function hmacDigest({ algorithm }: AlgorithmIdentifier): DigestAlgorithm {
  const row = HMACS.find(([id]) => id === algorithm);
  if (!row) throw hresult('NTE_BAD_ALGID', `Pseudorandom function ${algorithm}.`);
  return row[1];
}

export function hmacAlgorithm(digest: DigestAlgorithm): DerNode {
  return algorithmWithNull(HMACS.find(([, known]) => known === digest)![0]);
}

/** From a keyDerivationFunc. Throws NTE_BAD_ALGID for another function, an unknown HMAC or a salt from elsewhere. */
export function decodePbkdf2Params({ algorithm, parameters }: AlgorithmIdentifier): Pbkdf2Params {
  if (algorithm !== id_PBKDF2) throw hresult('NTE_BAD_ALGID', `Key derivation function ${algorithm}.`);
  if (!parameters) throw hresult('NTE_BAD_DATA', 'PBKDF2 without its parameters.');
  return decodeWhole(parameters, (reader) => readParams(reader.sequence()));
}

function readParams(fields: DerReader): Pbkdf2Params {
  if (fields.peek() === TAG.SEQUENCE) throw hresult('NTE_BAD_ALGID', 'PBKDF2 with a salt from another source.');
  const salt = fields.octetString();
  const iterationCount = fields.smallInteger();
  const keyLength = fields.peek() === TAG.INTEGER ? fields.smallInteger() : undefined;
  const prf = fields.atEnd ? 'sha1' : hmacDigest(readAlgorithmIdentifier(fields));
  fields.finish();
  return { salt, iterationCount, keyLength, prf };
}

/** The keyDerivationFunc. */
export function pbkdf2Algorithm({ salt, iterationCount, keyLength, prf }: Pbkdf2Params): DerNode {
  const length = keyLength === undefined ? undefined : integer(keyLength);
  const function_ = prf === 'sha1' ? undefined : hmacAlgorithm(prf);
  return sequence(oid(id_PBKDF2), sequence(octetString(salt), integer(iterationCount), length, function_));
}

/** The caller wipes what is answered; `length` in bytes. */
export function derivePbkdf2(
  { prf, salt, iterationCount }: Pbkdf2Params,
  password: Uint8Array,
  length: number,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  return engine.pbkdf2(prf, password, salt, iterationCount, length);
}
