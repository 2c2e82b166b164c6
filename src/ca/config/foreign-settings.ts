/** What of a registration file another machine's settings are, by their nature, and no CA here can hold. */
import type { RegistryImport } from '../api.ts';
import type { RegistryValue } from '../ports.ts';
import { configurationKey } from './certsvc-key.ts';
import type { RegistryFileKey, RegistryFileValue } from './registry-file.ts';
import { parsePublicationUrl } from './url-variables.ts';

export type LeftOut = RegistryImport['leftOut'][number];

/** All of a key that is no CA's. `Active` says what is so here where it names this CA. */
export function ofMachine(key: RegistryFileKey, caName: string): LeftOut[] {
  if (key.isDeleted) return [{ line: key.line, name: `-${key.path}`, why: 'more than the settings of this CA' }];
  if (configurationKey(key.path) === undefined) {
    return key.values.length === 0 ? [] : [{ line: key.line, name: key.path, why: 'no settings of a CA' }];
  }
  return key.values.flatMap(({ name, line, value }): LeftOut[] => {
    const text = value?.type === 'REG_SZ' ? value.data : undefined;
    if (name.toLowerCase() === 'active' && text?.toLowerCase() === caName.toLowerCase()) return [];
    if (text !== undefined && isWindowsPlace(text))
      return [{ line, name, why: `${text} is a place of Windows; what belongs to the machine is in its home here` }];
    return [{ line, name, why: "a setting of Windows' service, not of a CA" }];
  });
}

/** Why a configuration cannot hold it. */
export function unheld({ name, foreignType }: RegistryFileValue): string | undefined {
  if (name === '') return 'the default value of a key, which a configuration has not';
  return foreignType === undefined ? undefined : `${foreignType}, which no value of a configuration is`;
}

/** `C:\\Windows\\…`, `\\\\server\\share`, `%SystemRoot%\\…`. */
function isWindowsPlace(text: string): boolean {
  return /^(?:[a-z]:\\|\\\\|%[a-z]+%\\)/i.test(text);
}

/**
 * Where a machine writes CRLs and certificates to is its own: of a list that names folders of Windows the URLs come, and the
 * files stay where this CA has them.
 */
export function withOwnPlaces(
  path: string,
  { name, value }: RegistryFileValue,
  before: RegistryValue | undefined,
): { readonly value: RegistryValue | undefined; readonly windowsPlaces: readonly string[] } {
  const isList = path === '' && /^(?:CRL|CACert)PublicationURLs$/i.test(name) && value?.type === 'REG_MULTI_SZ';
  const windowsPlaces = isList ? value.data.filter((entry) => isWindowsPlace(placeOf(entry))) : [];
  if (!isList || windowsPlaces.length === 0) return { value, windowsPlaces };
  const own = before?.type === 'REG_MULTI_SZ' ? before.data.filter((entry) => placeOf(entry).startsWith('/')) : [];
  const others = value.data.filter((entry) => !isWindowsPlace(placeOf(entry)));
  return { value: { type: 'REG_MULTI_SZ', data: [...own, ...others] }, windowsPlaces };
}

function placeOf(entry: string): string {
  return /^\s*[0-9]+:/.test(entry) ? parsePublicationUrl(entry).url : '';
}
