/** Bearer tokens as they are kept: the hash alone. RFC 6750 says how they are sent. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { TokenInfo } from '../sign-in.ts';

export interface TokenFile {
  readonly sid: string;
  readonly created: string;
  readonly expires: string;
  readonly description: string;
  /** SHA-256 of the secret, base 64. 256 random bits need no slow hash. */
  readonly hash: string;
}

const SECRET_LENGTH = 32;
const TOKEN = /^cht_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** `cht_` lets tools that look for leaked secrets find it. */
export function newToken(): { readonly token: string; readonly id: string; readonly hash: string } {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(SECRET_LENGTH).toString('base64url');
  return { token: `cht_${id}_${secret}`, id, hash: hashOf(secret).toString('base64') };
}

export function parseToken(token: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = TOKEN.exec(token) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

export function opens(file: TokenFile, secret: string, now: Date): boolean {
  const expected = Buffer.from(file.hash, 'base64');
  const given = hashOf(secret);
  return expected.length === given.length && timingSafeEqual(expected, given) && isCurrent(file, now);
}

export function isCurrent({ expires }: TokenFile, now: Date): boolean {
  return new Date(expires) > now;
}

export function tokenInfo(id: string, { created, expires, description }: TokenFile): TokenInfo {
  return { id, created: new Date(created), expires: new Date(expires), description };
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
