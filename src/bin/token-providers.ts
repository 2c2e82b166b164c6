/** The providers over PKCS #11 tokens that this home names in `providers.json`. */
import type { FoundToken, TokenProvider, TokenProviders } from '#cli/certhaven/context';
import { makePrivateDirectory } from '#files/durable-file';
import { type HresultError, hresult, isHresult } from '#hresult/hresult-error';
import type { KeyStorageProvider } from '#pki/crypto/key-provider';
import { defaultScheme } from '#pki/crypto/signature-algorithm';
import { changeOwner, ownedObjects } from '#providers/pkcs11/key-owner';
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
  /** Of the machine's keys, the caller's, or those of a SID. */
  readonly open: (
    settings: TokenSettings,
    whose: 'machine' | 'caller' | { readonly sid: string },
  ) => Promise<KeyStorageProvider>;
  /** Undefined where there is none yet, or nobody is signed in. */
  readonly sids: () => Promise<{ readonly machine: string | undefined; readonly caller: string | undefined }>;
}

/** What ksputilcons of Securosys makes, under a name of ours. */
const TEST_KEY = {
  container: 'Certhaven_CNGTestKey',
  algorithm: { type: 'rsa', modulusLength: 4096 },
  keySpec: 0,
  policy: { exportable: false, archivable: false },
} as const;

export function tokenProviders(options: TokenProvidersOptions): TokenProviders {
  const { home, modules, requireAdministrator, open, sids } = options;
  const path = paths.providers(home);
  const look = async (settings: TokenSettings): Promise<FoundToken> => {
    const token = await modules.token(settings).operate('describe');
    return { ...token, keys: (await (await open(settings, 'machine')).listContainers()).length };
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
    async objects(name) {
      const { found } = await find(name);
      return { objects: await ownedObjects(modules.token(found)), ...(await sids()) };
    },
    async createTestKey(name, ofMachine) {
      if (ofMachine) await requireAdministrator();
      const { found } = await find(name);
      const isNew = await makeTestKey(await open(found, ofMachine ? 'machine' : 'caller'));
      const { machine, caller } = await sids();
      return { container: TEST_KEY.container, owner: (ofMachine ? machine : caller) ?? '', isNew };
    },
    async changeOwner(name, change) {
      await requireAdministrator();
      const { found } = await find(name);
      return changeOwner(modules.token(found), change, async () =>
        proveKey(await open(found, { sid: change.to }), change),
      );
    },
  };
}

/** False where it is there. */
async function makeTestKey(provider: KeyStorageProvider): Promise<boolean> {
  try {
    (await provider.createKey(TEST_KEY)).close();
    return true;
  } catch (error) {
    if (isHresult(error, 'NTE_EXISTS')) return false;
    throw error;
  }
}

/** The key signs, which its provider verifies. */
async function proveKey(provider: KeyStorageProvider, { container }: { readonly container: string }): Promise<void> {
  const key = await provider.openKey(container);
  await key.sign(defaultScheme(key.publicKey), new Uint8Array(32));
  key.close();
}

function unknown(name: string): HresultError {
  return hresult('NTE_KEYSET_NOT_DEF', `There is no provider ${name} over a token.`, {
    hint: 'certhaven provider lists them',
  });
}
