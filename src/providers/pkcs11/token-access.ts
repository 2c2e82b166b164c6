import { hresult } from '#hresult/hresult-error';
import type { ProviderAlgorithm } from '#pki/crypto/key-provider';
import type { Patience } from '#threads/pool-thread';
import type { Operation } from './token-operations.ts';

/** What is needed to work with a token of a module. */
export interface TokenAccess {
  readonly label: string;
  /** Asked for where the token's user is not logged in; a copy, for the callee to wipe. */
  readonly pin: () => Promise<Uint8Array>;
  /** How long one call of the module may take. */
  readonly milliseconds: number;
}

/** Smart cards look for the primes of an RSA-4096 key for minutes. */
const KEY_GENERATION = 10;
const USUAL_BITS = 4096;

/**
 * How long the module may take, and what is told after that: SCARD_E_TIMEOUT. The table of NTE codes has no word for it:
 * NTE_DEVICE_NOT_READY is a token that is not there, which has another cure; and what tokens answer is told in winscard's codes
 * elsewhere too, as Windows' smart card KSP does.
 */
export function waitingFor(access: TokenAccess, wanted?: Operation | { readonly pin: Uint8Array }): Patience {
  const milliseconds = access.milliseconds * slowness(wanted);
  const what =
    wanted === undefined ? 'starting' : 'pin' in wanted ? 'logging in' : (WORK[wanted.operation] ?? 'looking');
  return {
    milliseconds,
    error: () =>
      hresult(
        'SCARD_E_TIMEOUT',
        `The module of the token ${access.label} has not come back from ${what} for ${milliseconds / 1000} s.`,
        {
          hint: 'see why the device does not answer, then start again what uses it; certhaven provider add --timeout gives it longer',
        },
      ),
  };
}

const WORK: Partial<Record<Operation['operation'], string>> = {
  generateKey: 'making a key',
  importKey: 'taking a key in',
  exportKey: 'letting a key out',
  deleteKey: 'deleting a key',
  renameObject: 'renaming an object',
  sign: 'signing',
  decrypt: 'decrypting',
  agree: 'agreeing on a secret',
};

function slowness(wanted: Operation | { readonly pin: Uint8Array } | undefined): number {
  if (wanted === undefined || 'pin' in wanted || wanted.operation !== 'generateKey') return 1;
  const algorithm = wanted.values[1] as ProviderAlgorithm;
  // The time goes by more than the square of the length.
  return KEY_GENERATION * (algorithm.type === 'rsa' ? Math.max(1, (algorithm.modulusLength / USUAL_BITS) ** 2) : 1);
}
