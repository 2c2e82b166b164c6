import type { RegistrySetting } from '#ca/api';
import { REGISTRY_VALUES } from '#ca/config/registry-values';

/** As the table of the configuration has them; values it does not know follow by name. */
export function inTableOrder(values: readonly RegistrySetting[]): RegistrySetting[] {
  const key = (path: string, name: string) => `${path}\\${name}`.toLowerCase();
  const place = new Map(REGISTRY_VALUES.map((row, index) => [key(row.path, row.name), index]));
  const rank = ({ path, name }: RegistrySetting) => place.get(key(path, name)) ?? REGISTRY_VALUES.length;
  return [...values].sort((a, b) => rank(a) - rank(b) || (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
}
