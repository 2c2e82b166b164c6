/** A reading of the registry values: typed getters over what the database holds. */
import { hresult } from '#hresult/hresult-error';
import type { CaDatabase, RegistryValue } from '../ports.ts';

export class Configuration {
  #values: ReadonlyMap<string, RegistryValue>;

  static #of(values: ReadonlyMap<string, RegistryValue>): Configuration {
    const configuration = new Configuration([]);
    configuration.#values = values;
    return configuration;
  }

  constructor(values: readonly { readonly path: string; readonly name: string; readonly value: RegistryValue }[]) {
    this.#values = new Map(values.map(({ path, name, value }) => [key(path, name), value]));
  }

  /** As it is once these are written, or taken away where they have no value. */
  with(
    changes: readonly { readonly path: string; readonly name: string; readonly value: RegistryValue | undefined }[],
  ): Configuration {
    const values = new Map(this.#values);
    for (const { path, name, value } of changes) {
      if (value === undefined) values.delete(key(path, name));
      else values.set(key(path, name), value);
    }
    return Configuration.#of(values);
  }

  value(name: string, path = ''): RegistryValue | undefined {
    return this.#values.get(key(path, name));
  }

  #data(type: RegistryValue['type'], name: string, path: string): RegistryValue['data'] | undefined {
    const value = this.value(name, path);
    if (value === undefined || value.type === type) return value?.data;
    throw hresult('ERROR_INVALID_DATA', `${settingName(path, name)} is ${value.type}, ${type} expected.`, {
      hint: `certutil -setreg ${settingName(path, name)} <value> writes it anew`,
    });
  }

  string(name: string, path = ''): string | undefined {
    return this.#data('REG_SZ', name, path) as string | undefined;
  }

  dword(name: string, path = ''): number | undefined {
    return this.#data('REG_DWORD', name, path) as number | undefined;
  }

  strings(name: string, path = ''): readonly string[] {
    return (this.#data('REG_MULTI_SZ', name, path) as readonly string[] | undefined) ?? [];
  }

  binary(name: string, path = ''): Uint8Array | undefined {
    return this.#data('REG_BINARY', name, path) as Uint8Array | undefined;
  }

  /** A value the CA cannot work without. */
  required(name: string, path = ''): string {
    const data = this.string(name, path);
    if (data === undefined)
      throw hresult('ERROR_FILE_NOT_FOUND', `The configuration value ${settingName(path, name)} is missing.`);
    return data;
  }

  hasFlag(name: string, bit: number, path = ''): boolean {
    return ((this.dword(name, path) ?? 0) & bit) !== 0;
  }
}

export async function readConfiguration(database: Pick<CaDatabase, 'registry'>): Promise<Configuration> {
  return new Configuration(await database.registry());
}

function key(path: string, name: string): string {
  return `${path}\\${name}`.toLowerCase();
}

/** The way certutil names a value: `CA\KRACertCount`, `CA\CSP\Provider`. */
export function settingName(path: string, name: string): string {
  return path ? `CA\\${path}\\${name}` : `CA\\${name}`;
}
