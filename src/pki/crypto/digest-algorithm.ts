import type { DigestAlgorithm } from './engine.ts';

/** RFC 3370 §2, RFC 5754 §2. */
const DIGESTS: readonly (readonly [digest: DigestAlgorithm, oid: string, bytes: number])[] = [
  ['md5', '1.2.840.113549.2.5', 16],
  ['sha1', '1.3.14.3.2.26', 20],
  ['sha256', '2.16.840.1.101.3.4.2.1', 32],
  ['sha384', '2.16.840.1.101.3.4.2.2', 48],
  ['sha512', '2.16.840.1.101.3.4.2.3', 64],
];

export function digestOid(digest: DigestAlgorithm): string {
  return DIGESTS.find(([name]) => name === digest)![1];
}

export function digestOfOid(id: string): DigestAlgorithm | undefined {
  return DIGESTS.find(([, known]) => known === id)?.[0];
}

/** Bytes of the digest. */
export function digestLength(digest: DigestAlgorithm): number {
  return DIGESTS.find(([name]) => name === digest)![2];
}
