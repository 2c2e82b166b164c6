/** Ports with something put before and after each commit, each signature of a key and each opening of one: to fail there, or to die. */
import type { AuthorityPorts, Write } from '#ca/ports';
import type { KeyStorageProvider, ProviderKey } from '#pki/crypto/key-provider';

export interface PortHooks {
  commit?(unit: readonly Write[], run: () => Promise<void>): Promise<void>;
  sign?(run: () => Promise<Uint8Array>): Promise<Uint8Array>;
  openKey?(container: string, run: () => Promise<ProviderKey>): Promise<ProviderKey>;
}

export function hookedPorts(ports: AuthorityPorts, hooks: PortHooks): AuthorityPorts {
  const { database, providers } = ports;
  const hookKey = (key: ProviderKey): ProviderKey =>
    over(key, {
      sign: (scheme, data) => (hooks.sign ? hooks.sign(() => key.sign(scheme, data)) : key.sign(scheme, data)),
    });
  const hookProvider = (provider: KeyStorageProvider): KeyStorageProvider =>
    over(provider, {
      createKey: async (key) => hookKey(await provider.createKey(key)),
      openKey: async (container, keySpec) => {
        const open = () => provider.openKey(container, keySpec);
        return hookKey(await (hooks.openKey ? hooks.openKey(container, open) : open()));
      },
    });
  return {
    ...ports,
    database: over(database, {
      commit: (unit) => (hooks.commit ? hooks.commit(unit, () => database.commit(unit)) : database.commit(unit)),
    }),
    providers: over(providers, { byName: (name) => hookProvider(providers.byName(name)) }),
  };
}

/** The object with some methods replaced; the others see the object itself, whose fields are private. */
function over<T extends object>(object: T, methods: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      const value: unknown = Reflect.get(name in methods ? methods : target, name);
      return typeof value === 'function' ? value.bind(name in methods ? methods : target) : value;
    },
  });
}
