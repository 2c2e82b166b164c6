/**
 * A registration file into the configuration: all of it or nothing, by the rights and checks of -setreg. Values without a row
 * in the table of the configuration are kept as -setreg keeps them: what AD CS writes there on its own, and what a module of
 * somebody else reads, has to come back with the next export. What by its nature is another machine's is left out and named:
 * settings of the service and of the machine, folders of Windows, types that a configuration has none of.
 */
import { HresultError, hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import type { RegistryImport } from '../api.ts';
import type { Caller } from '../authority.ts';
import type { RegistryValue } from '../ports.ts';
import { authorize } from '../roles/authorize.ts';
import { isAdministrator } from '../roles/principal.ts';
import { CONFIGURATION, configurationKey } from './certsvc-key.ts';
import { type Configuration, readConfiguration, settingName } from './configuration.ts';
import { type LeftOut, ofMachine, unheld, withOwnPlaces } from './foreign-settings.ts';
import { parseRegistryFile, type RegistryFileKey } from './registry-file.ts';
import { registryRow } from './registry-values.ts';
import { sanitizeName } from './sanitized-name.ts';
import { changeRegistry, type RegistryChange } from './set-registry.ts';
import type { ConfigurationDoor } from './setting-rules.ts';

interface Change extends RegistryChange {
  readonly line: number;
}

/**
 * Throws ERROR_INVALID_DATA for what is no registration file, CRYPT_E_NOT_FOUND for one without a key of this CA,
 * ERROR_INVALID_PARAMETER for a key of another CA, and what -setreg throws: each with the line.
 */
export async function importRegistry(
  door: ConfigurationDoor,
  caller: Caller,
  file: Uint8Array,
): Promise<RegistryImport> {
  // Nobody else may change any value: his file is not read.
  if (!isAdministrator(caller)) {
    const attempt = { event: 'configurationChanged', values: ['', '', '(registration file)'] } as const;
    await authorize(door, caller, ['Administrator', 'Auditor'], attempt);
  }
  const { database } = door.ports;
  const before = await readConfiguration(database);
  const caName = sanitizeName(before.required('CommonName'));
  const { changes, leftOut } = changesIn(parseRegistryFile(file), caName, before, await database.registry());
  const changed = changes.filter(({ path, name, value }) => !isSame(before.value(name, path), value));
  await changeRegistry(door, caller, changed, atLine);
  return {
    changes: changed.map(({ path, name, value }) => ({ path, name, before: before.value(name, path), after: value })),
    unchanged: changes.length - changed.length,
    leftOut,
  };
}

type Settings = readonly Pick<Change, 'path' | 'name'>[];

/** What is left of the file once all of its lines have been followed, each value once. */
function changesIn(
  keys: readonly RegistryFileKey[],
  caName: string,
  before: Configuration,
  settings: Settings,
): { readonly changes: readonly Change[]; readonly leftOut: readonly LeftOut[] } {
  const changes = new Map<string, Change>();
  const leftOut: LeftOut[] = [];
  const put = (change: Change) => {
    const { path, name } = spelt(change, settings);
    changes.set(`${path}\\${name}`.toLowerCase(), { ...change, path, name });
  };
  const own = keysOf(keys, caName, leftOut);
  for (const { path, key } of own) {
    if (key.isDeleted) {
      for (const { path: place, name } of [...settings, ...changes.values()])
        if (isAtOrBelow(place, path)) put({ path: place, name, line: key.line, value: undefined });
    }
    for (const entry of key.values) {
      const { name, line } = entry;
      const why = unheld(entry);
      if (why !== undefined) {
        leftOut.push({ line, name: name || '@', why });
        continue;
      }
      const { value, windowsPlaces } = withOwnPlaces(path, entry, before.value(name, path));
      for (const url of windowsPlaces)
        leftOut.push({ line, name: `${url} of ${settingName(path, name)}`, why: 'a place of Windows' });
      put({ path, name, line, value });
    }
  }
  return { changes: [...changes.values()], leftOut: leftOut.sort((a, b) => a.line - b.line) };
}

/** The keys of this CA, by their paths below its own; what the file has beside them goes to `leftOut`. */
function keysOf(
  keys: readonly RegistryFileKey[],
  caName: string,
  leftOut: LeftOut[],
): { readonly path: string; readonly key: RegistryFileKey }[] {
  const isThisCa = (name: string | undefined) => name?.toLowerCase() === caName.toLowerCase();
  const isOfThisMachine = isThisCa(activeIn(keys));
  const own = keys.flatMap((key) => {
    const place = configurationKey(key.path);
    if (place?.caName !== undefined && isThisCa(place.caName)) return [{ path: place.path, key }];
    if (place?.caName === undefined) leftOut.push(...ofMachine(key, caName));
    // A name that is mistyped is told, unless the file says that this CA is the one in use.
    else if (!isOfThisMachine) throw otherCa(key, caName);
    else leftOut.push({ line: key.line, name: key.path, why: `the CA of this machine is ${caName}` });
    return [];
  });
  if (own.length > 0) return own;
  throw hresult('CRYPT_E_NOT_FOUND', 'The file has no key of this CA.', {
    hint: `its keys begin with [${CONFIGURATION}\\${caName}`,
  });
}

function isAtOrBelow(place: string, path: string): boolean {
  return path === '' || `${place}\\`.toLowerCase().startsWith(`${path}\\`.toLowerCase());
}

/** The CA of the machine that the file is of, where it has that much of it. */
function activeIn(keys: readonly RegistryFileKey[]): string | undefined {
  for (const { path, values } of keys) {
    const place = configurationKey(path);
    if (place === undefined || place.caName !== undefined) continue;
    const active = values.find(({ name }) => name.toLowerCase() === 'active')?.value;
    if (active?.type === 'REG_SZ') return active.data;
  }
  return undefined;
}

/** As the configuration spells it: case counts for nothing in a registry. */
function spelt({ path, name }: Pick<Change, 'path' | 'name'>, settings: Settings): Pick<Change, 'path' | 'name'> {
  const isSameWord = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  const ofKey = settings.filter((setting) => isSameWord(setting.path, path));
  const known = registryRow(path, name) ?? ofKey.find((setting) => isSameWord(setting.name, name));
  return { path: known?.path ?? ofKey[0]?.path ?? path, name: known?.name ?? name };
}

function isSame(a: RegistryValue | undefined, b: RegistryValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.type === 'REG_BINARY' && b.type === 'REG_BINARY') return isSameBytes(a.data, b.data);
  return a.type === b.type && JSON.stringify(a.data) === JSON.stringify(b.data);
}

function otherCa({ path, line }: RegistryFileKey, caName: string): HresultError {
  return hresult('ERROR_INVALID_PARAMETER', `Line ${line}: [${path}] is of another CA than ${caName}.`, {
    hint: `the keys of this CA begin with ${CONFIGURATION}\\${caName}`,
  });
}

function atLine(thrown: unknown, { line, path, name }: Change): unknown {
  if (!(thrown instanceof HresultError)) return thrown;
  const { symbol, detail, hint } = thrown;
  return hresult(symbol, `Line ${line}: ${detail ?? settingName(path, name)}`, { hint, cause: thrown });
}
