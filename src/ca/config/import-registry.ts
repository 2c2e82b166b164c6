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
import { CONFIGURATION, configurationKey } from './certsvc-key.ts';
import { readConfiguration, settingName } from './configuration.ts';
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
  await authorize(door, caller, ['Read', 'Officer', 'Administrator']);
  const { database } = door.ports;
  const settings = await database.registry();
  const before = await readConfiguration(database);
  const caName = sanitizeName(before.required('CommonName'));
  const keys = parseRegistryFile(file);
  const othersAreLeftOut = activeIn(keys)?.toLowerCase() === caName.toLowerCase();
  const changes = new Map<string, Change>();
  const leftOut: LeftOut[] = [];
  let isFound = false;
  const put = (change: Change) => {
    const { path, name } = spelt(change, settings);
    changes.set(`${path}\\${name}`.toLowerCase(), { ...change, path, name });
  };
  for (const key of keys) {
    const place = configurationKey(key.path);
    if (place?.caName === undefined) {
      leftOut.push(...ofMachine(key, caName));
      continue;
    }
    if (place.caName.toLowerCase() !== caName.toLowerCase()) {
      if (!othersAreLeftOut) throw otherCa(key, caName);
      leftOut.push({ line: key.line, name: key.path, why: `the CA of this machine is ${caName}` });
      continue;
    }
    isFound = true;
    const { path } = place;
    if (key.isDeleted) {
      const below = `${path}\\`.toLowerCase();
      const known = [...settings, ...changes.values()];
      for (const each of known) {
        const isBelow = path === '' || `${each.path}\\`.toLowerCase().startsWith(below);
        if (isBelow) put({ path: each.path, name: each.name, line: key.line, value: undefined });
      }
    }
    for (const entry of key.values) {
      const why = unheld(entry);
      if (why !== undefined) {
        leftOut.push({ line: entry.line, name: entry.name || '@', why });
        continue;
      }
      const { name, line } = entry;
      const { value, windowsPlaces } = withOwnPlaces(path, entry, before.value(name, path));
      for (const url of windowsPlaces)
        leftOut.push({ line, name: `${url} of ${settingName(path, name)}`, why: 'a place of Windows' });
      put({ path, name, line, value });
    }
  }
  if (!isFound) {
    throw hresult('CRYPT_E_NOT_FOUND', 'The file has no key of this CA.', {
      hint: `its keys begin with [${CONFIGURATION}\\${caName}`,
    });
  }
  const all = [...changes.values()];
  const changed = all.filter(({ path, name, value }) => !isSame(before.value(name, path), value));
  await changeRegistry(door, caller, changed, atLine);
  return {
    changes: changed.map(({ path, name, value }) => ({ path, name, before: before.value(name, path), after: value })),
    unchanged: all.length - changed.length,
    leftOut,
  };
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
function spelt(
  { path, name }: Pick<Change, 'path' | 'name'>,
  settings: readonly Pick<Change, 'path' | 'name'>[],
): Pick<Change, 'path' | 'name'> {
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
