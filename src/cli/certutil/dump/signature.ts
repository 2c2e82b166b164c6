import { HresultError } from '#hresult/hresult-error';
import type { AlgorithmIdentifier } from '#pki/crypto/algorithm-identifier';
import { printAlgorithm } from './algorithm-identifier.ts';
import type { Page } from './page.ts';

/** The end of a certificate, a request or a CRL. The octets stand last first, as CryptoAPI keeps a signature. */
export function printSignature(page: Page, algorithm: AlgorithmIdentifier, signature: Uint8Array): void {
  printAlgorithm(page, 'Signature Algorithm', algorithm);
  page.line('Signature: UnusedBits=0');
  page.dump(signature.slice().reverse());
}

export type SignatureCheck = 'matches' | 'does not match' | 'cannot be checked';

/** What came of trying a signature; an algorithm or a key that cannot be tried is no failure of the dump. */
export async function checkSignature(verify: () => Promise<boolean | undefined>): Promise<SignatureCheck> {
  try {
    return (await verify()) ? 'matches' : 'does not match';
  } catch (error) {
    if (error instanceof HresultError) {
      return error.symbol === 'NTE_BAD_ALGID' || error.symbol === 'NTE_BAD_KEY'
        ? 'cannot be checked'
        : 'does not match';
    }
    throw error;
  }
}

/** The first text is published; the others are ours in its manner. */
export function signatureLine(check: SignatureCheck, key = 'Public Key'): string {
  switch (check) {
    case 'matches':
      return `Signature matches ${key}`;
    case 'does not match':
      return `Signature does NOT match ${key}`;
    case 'cannot be checked':
      return `Signature cannot be checked with ${key}`;
  }
}
