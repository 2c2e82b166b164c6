/** Passwords as they are kept: scrypt (RFC 7914) over a salt of its own, with the cost written beside it. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { hresult } from '#hresult/hresult-error';

export interface PasswordVerifier {
  readonly kdf: 'scrypt';
  readonly N: number;
  readonly r: number;
  readonly p: number;
  /** Base 64. */
  readonly salt: string;
  readonly key: string;
}

/** OWASP's parameters for 32 MiB: about a third of a second on one core, on a thread beside the event loop. */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const;
const KEY_LENGTH = 32;
const SALT_LENGTH = 16;
/** NIST SP 800-63B §5.1.1.2: length counts, composition does not; a long one must not cost more than the hash. */
const SHORTEST = 8;
const LONGEST = 256;

/** Throws ERROR_PASSWORD_RESTRICTION. */
export function requireAcceptable(password: string): void {
  const length = [...password].length;
  if (length >= SHORTEST && length <= LONGEST) return;
  throw hresult('ERROR_PASSWORD_RESTRICTION', `The password has ${length} characters.`, {
    hint: `choose one of ${SHORTEST} to ${LONGEST} characters`,
  });
}

export async function makeVerifier(password: string): Promise<PasswordVerifier> {
  const salt = randomBytes(SALT_LENGTH);
  const key = await derive(password, salt, COST);
  return { kdf: 'scrypt', ...COST, salt: salt.toString('base64'), key: key.toString('base64') };
}

/** Against one that nobody has the password of where there is none: the answer takes as long. */
export async function isPasswordOf(verifier: PasswordVerifier | undefined, password: string): Promise<boolean> {
  const { salt, key, ...cost } = verifier ?? NOBODY;
  const expected = Buffer.from(key, 'base64');
  // What is longer than any password that was set cannot be one; deriving from it would be work for nothing.
  const derived = await derive([...password].length > LONGEST ? '' : password, Buffer.from(salt, 'base64'), cost);
  return timingSafeEqual(derived, expected) && verifier !== undefined;
}

/** True where a new verifier would cost an attacker more. */
export function isWeaker({ N, r, p }: PasswordVerifier): boolean {
  return N * r * p < COST.N * COST.r * COST.p;
}

const NOBODY: PasswordVerifier = {
  kdf: 'scrypt',
  ...COST,
  salt: Buffer.alloc(SALT_LENGTH).toString('base64'),
  key: Buffer.alloc(KEY_LENGTH).toString('base64'),
};

function derive(password: string, salt: Uint8Array, { N, r, p }: { N: number; r: number; p: number }): Promise<Buffer> {
  // RFC 8265 §4.2: one form for what looks the same.
  const secret = Buffer.from(password.normalize('NFC'), 'utf8');
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_LENGTH, { N, r, p, maxmem: 256 * N * r }, (error, key) => {
      secret.fill(0);
      if (error) reject(error);
      else resolve(key);
    });
  });
}
