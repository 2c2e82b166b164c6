import { hresult } from '#hresult/hresult-error';

/** The iteration count OpenSSL still takes. */
const MAX_ITERATIONS = 0x7fffffff;

/** Throws NTE_INVALID_PARAMETER for what the platforms answer with a RangeError or a DOMException. */
export function requirePbkdf2(iterations: number, length: number): void {
  if (!Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS) {
    throw hresult('NTE_INVALID_PARAMETER', `PBKDF2 with ${iterations} iterations.`);
  }
  if (!Number.isInteger(length) || length < 1) throw hresult('NTE_INVALID_PARAMETER', `PBKDF2 to ${length} bytes.`);
}
