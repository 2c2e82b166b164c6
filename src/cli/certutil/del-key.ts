import { hresult } from '#hresult/hresult-error';
import type { KeyListing, KeyStorageProvider } from '#pki/crypto/key-provider';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { isNamed } from './keys/named-key.ts';
import { searchedProviders } from './keys/providers.ts';

/**
 * `certutil -delkey KeyContainerName`: both keys of a CSP's container. Without -csp the provider that has it; throws
 * TYPE_E_AMBIGUOUSNAME where several have, NTE_BAD_KEYSET where none has. The key is gone: nothing here gets it back.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, options, out } = context;
  const [name] = args as [string];
  const providers = await context.providers(!options.has('user'));
  const csp = options.value('csp');
  const searched = searchedProviders(providers, csp);
  const found: { readonly provider: KeyStorageProvider; readonly key: KeyListing }[] = [];
  for (const provider of searched) {
    const key = (await provider.listKeys()).find((one) => isNamed(one, name));
    if (key) found.push({ provider, key });
  }
  const [first, ...others] = found;
  if (!first) {
    const detail =
      searched === providers.all
        ? `No provider has a container ${name}.`
        : `${searched[0]!.name} has no container ${name}.`;
    throw hresult('NTE_BAD_KEYSET', detail, {
      hint: 'certutil -csp * -key lists the keys of every provider; -user looks at your own',
    });
  }
  if (others.length > 0) {
    const names = found.map(({ provider }) => provider.name).join(', ');
    throw hresult('TYPE_E_AMBIGUOUSNAME', `${name} is a container of ${names}.`, { hint: 'name the provider: -csp' });
  }
  const { provider, key } = first;
  await provider.deleteKey(key.container);
  out(`  ${key.container}`);
  return { provider: provider.name, container: key.container };
}
