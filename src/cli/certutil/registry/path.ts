/** The names of -getreg, -setreg and -delreg: `CA\CRLFlags`, `policy\EditFlags`, `ca\CSP\Provider`, `ca`. */
import type { RegistrySetting } from '#ca/api';
import { CONFIGURATION } from '#ca/config/certsvc-key';
import { EXIT_MODULE, POLICY_MODULE, registryRow } from '#ca/config/registry-values';
import { hresult } from '#hresult/hresult-error';

/** Below the CA's key. */
const ROOTS: Readonly<Record<string, string>> = { ca: '', policy: POLICY_MODULE, exit: EXIT_MODULE };

export type RegistryPlace =
  | { readonly kind: 'key'; readonly path: string; readonly heading: string }
  | { readonly kind: 'value'; readonly path: string; readonly name: string; readonly heading: string };

/**
 * A key where one has that name, else a value. Throws ERROR_NOT_SUPPORTED for the keys of Windows that are none of the CA's.
 */
export function parseRegistryPath(
  typed: string,
  caName: string,
  settings: readonly Pick<RegistrySetting, 'path'>[],
): RegistryPlace {
  const [root, ...segments] = typed.split('\\').filter((segment) => segment !== '');
  const rootPath = ROOTS[root?.toLowerCase() ?? ''];
  if (rootPath === undefined) {
    throw hresult('ERROR_NOT_SUPPORTED', `"${typed}" is no configuration of a CA.`, {
      hint: 'names begin with ca\\, policy\\ or exit\\; where a shell takes \\ away, put them into quotes',
    });
  }
  const base = joined(CONFIGURATION, caName, rootPath);
  const key = existingKey(joined(rootPath, ...segments), settings);
  if (key !== undefined) {
    return { kind: 'key', path: key, heading: `${joined(CONFIGURATION, caName, key)}:` };
  }
  const name = segments.at(-1)!;
  const below = segments.slice(0, -1);
  const path = existingKey(joined(rootPath, ...below), settings) ?? joined(rootPath, ...below);
  const row = registryRow(path, name);
  // Of a value in a key further below only the key is printed, as published transcripts of CA\CSP show.
  const heading = below.length === 0 ? joined(base, row?.name ?? name) : joined(base, ...below);
  return { kind: 'value', path: row?.path ?? path, name: row?.name ?? name, heading: `${heading}:` };
}

/** The path as it is spelt, where it is a key. */
function existingKey(path: string, settings: readonly Pick<RegistrySetting, 'path'>[]): string | undefined {
  const wanted = path.toLowerCase();
  if (wanted === '') return '';
  for (const { path: candidate } of settings) {
    if (`${candidate}\\`.toLowerCase().startsWith(`${wanted}\\`)) return candidate.slice(0, path.length);
  }
  return undefined;
}

/** Names of the keys directly below. */
export function subkeysOf(path: string, settings: readonly Pick<RegistrySetting, 'path'>[]): string[] {
  const prefix = path === '' ? '' : `${path}\\`;
  const names = new Map<string, string>();
  for (const { path: candidate } of settings) {
    if (candidate.length <= prefix.length || !candidate.toLowerCase().startsWith(prefix.toLowerCase())) continue;
    const name = candidate.slice(prefix.length).split('\\')[0]!;
    names.set(name.toLowerCase(), name);
  }
  return [...names.values()].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
}

export function settingAt(
  settings: readonly RegistrySetting[],
  path: string,
  name: string,
): RegistrySetting | undefined {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return settings.find((setting) => same(setting.path, path) && same(setting.name, name));
}

function joined(...parts: string[]): string {
  return parts.filter((part) => part !== '').join('\\');
}
