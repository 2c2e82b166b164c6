import type { AlgorithmLengths, ProviderDescription } from '#pki/crypto/key-provider';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { lengthLines } from './keys/key-details.ts';
import {
  algorithmsOf,
  KEY_SPEC_NAMES,
  providerHeading,
  providerTypeName,
  requireAlgorithm,
  servedProvider,
  wantedProviders,
} from './keys/providers.ts';

/** `certutil -csplist [Algorithm]`: every provider there is a name for, with -v what its keys may be. The lines of -v are ours. */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, options, out } = context;
  const [algorithm] = args;
  const providers = await context.providers(!options.has('user'));
  requireAlgorithm(providers.known, algorithm);
  const wanted = wantedProviders(providers, options.value('csp'));
  const listed = wanted.filter((one) => algorithm === undefined || algorithmsOf(one, algorithm).length > 0);
  for (const [i, provider] of listed.entries()) {
    if (i > 0) out();
    for (const line of providerHeading(provider)) out(line);
    if (!options.has('v')) continue;
    out(`  Keys: ${provider.device}${servedProvider(providers, provider) ? '' : ' (not here)'}`);
    for (const lengths of algorithmsOf(provider, algorithm)) for (const line of algorithmLines(lengths)) out(line);
  }
  return listed.map((provider) => ({
    ...providerJson(provider),
    served: servedProvider(providers, provider) !== undefined,
    algorithms: algorithmsOf(provider, algorithm).map((lengths) => ({ ...lengths })),
  }));
}

function providerJson({ name, provType, device }: ProviderDescription) {
  return {
    name,
    type: provType,
    typeName: provType === 0 ? undefined : providerTypeName(provType),
    device,
  };
}

function algorithmLines(lengths: AlgorithmLengths): string[] {
  const { algorithm, keySpec } = lengths;
  const heading = keySpec === 0 ? algorithm : `${algorithm}: ${KEY_SPEC_NAMES[keySpec]}`;
  return [`  ${heading}`, ...lengthLines(lengths, '    ')];
}
