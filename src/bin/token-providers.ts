/** The providers over PKCS #11 tokens that this home names in `providers.json`. */
import type { FoundToken, TokenProvider, TokenProviders } from '#cli/certhaven/context';
import { makePrivateDirectory } from '#files/durable-file';
import { type HresultError, hresult } from '#hresult/hresult-error';
import type { KeyStorageProvider } from '#pki/crypto/key-provider';
import type { Pkcs11Modules } from '#providers/pkcs11/open-pkcs11-providers';
import {
  isSameName,
  readTokenSettings,
  requireTokenSettings,
  type TokenSettings,
  writeTokenSettings,
} from '#providers/pkcs11/token-settings';
import { type Home, paths } from './home.ts';

const NAMES = 'leave the name out for PKCS#11 LABEL Key Storage Provider';

export interface TokenProvidersOptions {
  readonly home: Home;
  readonly modules: Pkcs11Modules;
  /** Throws ERROR_ACCESS_DENIED for whoever does not administer the machine. */
  readonly requireAdministrator: () => Promise<void>;
  /** Of the machine's keys. */
  readonly open: (settings: TokenSettings) => Promise<KeyStorageProvider>;
}

export function tokenProviders({ home, modules, requireAdministrator, open }: TokenProvidersOptions): TokenProviders {
  const path = paths.providers(home);
  const look = async (settings: TokenSettings): Promise<FoundToken> => {
    const token = await modules.token(settings).operate('describe');
    return { ...token, keys: (await (await open(settings)).listContainers()).length };
  };
  const find = async (name: string) => {
    const all = await readTokenSettings(path);
    const found = all.find((each) => isSameName(each.name, name));
    if (found === undefined) throw unknown(name);
    return { found, others: all.filter((each) => each !== found) };
  };
  return {
    list: () => readTokenSettings(path),
    async add(provider: TokenProvider) {
      await requireAdministrator();
      requireTokenSettings(provider, (detail) => hresult('ERROR_INVALID_PARAMETER', `${detail}.`, { hint: NAMES }));
      const all = await readTokenSettings(path);
      if (all.some(({ name }) => isSameName(name, provider.name))) {
        throw hresult('ERROR_ALREADY_EXISTS', `There is a provider ${provider.name}.`, {
          hint: `certhaven provider remove "${provider.name}" takes it away first; its keys stay in the token`,
        });
      }
      const found = await look(provider);
      await makePrivateDirectory(home.directory);
      await writeTokenSettings(path, [...all, provider]);
      return found;
    },
    check: async (name) => look((await find(name)).found),
    async remove(name) {
      await requireAdministrator();
      const { found, others } = await find(name);
      await writeTokenSettings(path, others);
      return found;
    },
  };
}

function unknown(name: string): HresultError {
  return hresult('NTE_KEYSET_NOT_DEF', `There is no provider ${name} over a token.`, {
    hint: 'certhaven provider lists them',
  });
}
