import type { CaDatabase, Write } from '#ca/ports';

type Registry = Awaited<ReturnType<CaDatabase['registry']>>;

/**
 * The registry as it was read last. Only this process writes the database (a second instance is refused), so that a unit
 * of ours is all that can change it.
 */
export class RegistryCache {
  #values: Registry | undefined;

  read(load: () => Registry): Registry {
    this.#values ??= load();
    return this.#values;
  }

  /** To be told of every group of units once it was tried. */
  written(units: readonly (readonly Write[])[]): void {
    if (units.some((unit) => unit.some(concernsRegistry))) this.#values = undefined;
  }
}

function concernsRegistry(write: Write): boolean {
  return 'set' in write ? write.set === 'Registry' : 'remove' in write;
}
