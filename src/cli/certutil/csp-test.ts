import { HresultError } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { type CryptoEngine, type EcCurve, wipe } from '#pki/crypto/engine';
import type { AlgorithmLengths, KeyStorageProvider, ProviderAlgorithm, ProviderKey } from '#pki/crypto/key-provider';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import {
  algorithmsOf,
  KEY_SPEC_NAMES,
  providerHeading,
  requireAlgorithm,
  servedProvider,
  wantedProviders,
} from './keys/providers.ts';
import { decrypts, signs } from './store/key-listing.ts';

interface Tested {
  readonly test: string;
  readonly result: 'passed' | 'FAILED' | 'skipped';
  readonly detail?: string;
}

/** Shorter keys are of no use to anybody, and take as long to make. */
const SHORTEST_RSA = 1024;

/**
 * `certutil -csptest [Algorithm]`: makes a key of each algorithm in each provider, or in that of -csp, uses it and removes it
 * again. All are tried; the first fault fails the command. Lines are ours: no published transcript shows Windows'.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, options, out } = context;
  const [algorithm] = args;
  const providers = await context.providers(!options.has('user'));
  const csp = options.value('csp');
  if (csp !== undefined && csp !== '*') providers.byName(csp);
  requireAlgorithm(providers.known, algorithm);
  const engine = await context.engine();
  const results: Json[] = [];
  const faults: HresultError[] = [];
  for (const description of wantedProviders(providers, csp)) {
    const wanted = algorithmsOf(description, algorithm);
    if (algorithm !== undefined && wanted.length === 0) continue;
    if (results.length > 0) out();
    for (const line of providerHeading(description)) out(line);
    const provider = servedProvider(providers, description);
    const algorithms: Json[] = [];
    if (!provider) out(`  test skipped: its keys live on a ${description.device}, which is not here`);
    for (const lengths of provider ? wanted : []) {
      out(`  ${headingOf(lengths)}`);
      const tests = await testAlgorithm(provider!, lengths, engine, faults);
      for (const { test, result, detail } of tests) out(`    ${test} ${result}${detail ? `: ${detail}` : ''}`);
      algorithms.push({
        algorithm: lengths.algorithm,
        keySpec: lengths.keySpec,
        tests: tests.map((one) => ({ ...one })),
      });
    }
    results.push({
      provider: description.name,
      type: description.provType,
      served: provider !== undefined,
      algorithms,
    });
  }
  if (faults[0]) throw faults[0];
  return results;
}

function headingOf({ algorithm, keySpec }: AlgorithmLengths): string {
  return keySpec === 0 ? algorithm : `${algorithm}: ${KEY_SPEC_NAMES[keySpec]}`;
}

async function testAlgorithm(
  provider: KeyStorageProvider,
  lengths: AlgorithmLengths,
  engine: CryptoEngine,
  faults: HresultError[],
): Promise<Tested[]> {
  const algorithm = algorithmToMake(lengths);
  if (!algorithm) return [{ test: 'test', result: 'skipped', detail: 'no keys of this algorithm are made here' }];
  try {
    return await withTestKey(provider, lengths, algorithm, async (key, makeOther) => {
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

function algorithmToMake({ algorithm, default: byDefault, minimum }: AlgorithmLengths): ProviderAlgorithm | undefined {
  if (algorithm === 'RSA') return { type: 'rsa', modulusLength: Math.max(byDefault, minimum, SHORTEST_RSA) };
  const curve = /^EC(?:DSA|DH)_P(256|384|521)$/.exec(algorithm)?.[1];
  return curve ? { type: 'ec', curve: `P-${curve}` as EcCurve } : undefined;
}

async function withTestKey<T>(
  provider: KeyStorageProvider,
  { keySpec }: Pick<AlgorithmLengths, 'keySpec'>,
  algorithm: ProviderAlgorithm,
  work: (key: ProviderKey, makeOther: () => Promise<ProviderKey>) => Promise<T>,
): Promise<T> {
  const made: ProviderKey[] = [];
  const make = async (): Promise<ProviderKey> => {
    const container = `certutil -csptest ${globalThis.crypto.randomUUID()}`;
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
