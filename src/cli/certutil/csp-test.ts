import type { HresultError } from '#hresult/hresult-error';
import type { AlgorithmLengths, KeyProviders, KeyStorageProvider } from '#pki/crypto/key-provider';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import {
  algorithmsOf,
  findDescription,
  KEY_SPEC_NAMES,
  providerHeading,
  requireAlgorithm,
  servedProvider,
  wantedProviders,
} from './keys/providers.ts';
import { algorithmToMake, type Tested, testAlgorithm } from './keys/test-key.ts';

/** The interfaces of a KSP in the order certutil tries them, with the names and values of bcrypt.h and ncrypt.h. */
const INTERFACES = [
  {
    heading: 'Asymmetric Encryption Algorithms:',
    algorithms: /^RSA$/,
    lines: [
      'BCRYPT_ASYMMETRIC_ENCRYPTION_INTERFACE -- 3',
      'NCRYPT_ASYMMETRIC_ENCRYPTION_OPERATION -- 4',
      'NCRYPT_SIGNATURE_OPERATION -- 10 (16)',
    ],
  },
  {
    heading: 'Secret Agreement Algorithms:',
    algorithms: /^(DH|ECDH_P\d+)$/,
    lines: ['BCRYPT_SECRET_AGREEMENT_INTERFACE -- 4', 'NCRYPT_SECRET_AGREEMENT_OPERATION -- 8'],
  },
  {
    heading: 'Signature Algorithms:',
    algorithms: /^(DSA|ECDSA_P\d+)$/,
    lines: ['BCRYPT_SIGNATURE_INTERFACE -- 5', 'NCRYPT_SIGNATURE_OPERATION -- 10 (16)'],
  },
] as const;

/**
 * `certutil -csptest [Algorithm]`: makes a key of each algorithm in each provider, or in that of -csp, uses it and removes it
 * again. All are tried; the first fault fails the command. A KSP's page has the lines of the published transcripts (vendors of
 * HSMs print them), with the tests made here between; that of a CSP is ours, as no transcript of one is known.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, options, out } = context;
  const providers = await context.providers(!options.has('user'));
  const { csp, algorithm } = whatToTest(providers, options.value('csp'), args[0]);
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
    if (!provider) out(`  test skipped: there is no ${description.device} here`);
    else {
      const print = provider.type === 0 ? printKsp : printCsp;
      await print(context, provider, wanted, async (lengths, container) => {
        const tests = await testAlgorithm(provider, lengths, container, engine, faults);
        algorithms.push({
          algorithm: lengths.algorithm,
          keySpec: lengths.keySpec,
          tests: tests.map((one) => ({ ...one })),
        });
        return tests;
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

/** A provider's name may stand in the algorithm's place: `certutil -csptest "Vendor Key Storage Provider"`. */
function whatToTest(
  { known }: KeyProviders,
  csp: string | undefined,
  argument: string | undefined,
): { readonly csp: string | undefined; readonly algorithm: string | undefined } {
  const isName = csp === undefined && argument !== undefined && findDescription(known, argument) !== undefined;
  return isName ? { csp: argument, algorithm: undefined } : { csp, algorithm: argument };
}

type TestRun = (lengths: AlgorithmLengths, container: string) => Promise<readonly Tested[]>;

async function printKsp(
  { out }: CertutilContext,
  { name }: KeyStorageProvider,
  algorithms: readonly AlgorithmLengths[],
  test: TestRun,
): Promise<void> {
  out(`  Name: ${name}`);
  for (const { heading, algorithms: pattern, lines } of INTERFACES) {
    const ours = algorithms.filter(({ algorithm }) => pattern.test(algorithm));
    if (ours.length === 0) continue;
    out();
    out(heading);
    for (const lengths of ours) {
      const container = `cngtest-${globalThis.crypto.randomUUID()}`;
      out(`  ${lengths.algorithm}`);
      for (const line of lines) out(`    ${line}`);
      if (algorithmToMake(lengths)) {
        out(`    NCryptCreatePersistedKey(${name}, ${lengths.algorithm})`);
        out(`    Name: ${container}`);
      }
      const tests = await test(lengths, container);
      printTests(out, tests);
      if (tests.every(({ result }) => result === 'passed')) out('  Pass');
    }
  }
}

async function printCsp(
  { out }: CertutilContext,
  _provider: KeyStorageProvider,
  algorithms: readonly AlgorithmLengths[],
  test: TestRun,
): Promise<void> {
  for (const lengths of algorithms) {
    out(`  ${lengths.algorithm}: ${KEY_SPEC_NAMES[lengths.keySpec]}`);
    printTests(out, await test(lengths, `csptest-${globalThis.crypto.randomUUID()}`));
  }
}

function printTests(out: CertutilContext['out'], tests: readonly Tested[]): void {
  for (const { test, result, detail } of tests) out(`    ${test} ${result}${detail ? `: ${detail}` : ''}`);
}
