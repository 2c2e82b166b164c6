/** A key made in a provider, used and removed again: the tests of -csptest. */
import { HresultError } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { type CryptoEngine, type EcCurve, wipe } from '#pki/crypto/engine';
import type { AlgorithmLengths, KeyStorageProvider, ProviderAlgorithm, ProviderKey } from '#pki/crypto/key-provider';
import { decrypts, signs } from '../store/key-listing.ts';

export interface Tested {
  readonly test: string;
  readonly result: 'passed' | 'FAILED' | 'skipped';
  readonly detail?: string;
}

/** Shorter keys are of no use to anybody, and take as long to make. */
const SHORTEST_RSA = 1024;

/** What fails is a result, and one of `faults`: the next algorithm is tried all the same. */
export async function testAlgorithm(
  provider: KeyStorageProvider,
  lengths: AlgorithmLengths,
  container: string,
  engine: CryptoEngine,
  faults: HresultError[],
): Promise<Tested[]> {
  const algorithm = algorithmToMake(lengths);
  if (!algorithm) return [{ test: 'test', result: 'skipped', detail: 'no keys of this algorithm are made here' }];
  try {
    return await withTestKey(provider, lengths, container, algorithm, async (key, makeOther) => {
      if (lengths.algorithm.startsWith('ECDH'))
        return [passedOr('Secret agreement test', await agrees(key, makeOther))];
      const signature = passedOr('Signature test', await signs(key, engine));
      if (algorithm.type === 'ec' || lengths.keySpec === 2) return [signature];
      return [passedOr('Encryption test', await decrypts(key, engine)), signature];
    });
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    faults.push(error);
    return [{ test: 'test', result: 'FAILED', detail: error.message }];
  }
}

function passedOr(test: string, passed: boolean): Tested {
  return { test, result: passed ? 'passed' : 'FAILED' };
}

/** Undefined for an algorithm no key is made of here. */
export function algorithmToMake({
  algorithm,
  default: byDefault,
  minimum,
}: AlgorithmLengths): ProviderAlgorithm | undefined {
  if (algorithm === 'RSA') return { type: 'rsa', modulusLength: Math.max(byDefault, minimum, SHORTEST_RSA) };
  const curve = /^EC(?:DSA|DH)_P(256|384|521)$/.exec(algorithm)?.[1];
  return curve ? { type: 'ec', curve: `P-${curve}` as EcCurve } : undefined;
}

async function withTestKey<T>(
  provider: KeyStorageProvider,
  { keySpec }: Pick<AlgorithmLengths, 'keySpec'>,
  name: string,
  algorithm: ProviderAlgorithm,
  work: (key: ProviderKey, makeOther: () => Promise<ProviderKey>) => Promise<T>,
): Promise<T> {
  const made: ProviderKey[] = [];
  const make = async (): Promise<ProviderKey> => {
    const container = made.length === 0 ? name : `${name}-${made.length}`;
    const policy = { exportable: false, archivable: false };
    const key = await provider.createKey({ container, algorithm, keySpec, policy });
    made.push(key);
    return key;
  };
  try {
    return await work(await make(), make);
  } finally {
    for (const key of made) {
      key.close();
      await provider.deleteKey(key.container);
    }
  }
}

async function agrees(key: ProviderKey, makeOther: () => Promise<ProviderKey>): Promise<boolean> {
  const other = await makeOther();
  const [ours, theirs] = [await key.agree(other.publicKey), await other.agree(key.publicKey)];
  try {
    return isSameBytes(ours, theirs);
  } finally {
    wipe(ours, theirs);
  }
}
