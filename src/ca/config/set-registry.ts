/** Changing the configuration: MS-CSRA 3.1.4.2.15 SetConfigEntry. */
import { hresult } from '#hresult/hresult-error';
import type { RegistrySetting } from '../api.ts';
import { audit } from '../audit/audit.ts';
import type { Caller } from '../authority.ts';
import type { RegistryValue, Write } from '../ports.ts';
import { type Configuration, readConfiguration, settingName } from './configuration.ts';
import { PERIOD_UNITS, parsePeriod } from './period.ts';
import { registryRow } from './registry-values.ts';
import { authorizeSetting, type ConfigurationDoor, requireManageable, settingAttempt } from './setting-rules.ts';
import { requireKnownHash } from './signature-settings.ts';
import { requireSafeSetting } from './unsafe-settings.ts';

export interface RegistryChange {
  readonly path: string;
  readonly name: string;
  /** Undefined to take the value away. */
  readonly value: RegistryValue | undefined;
}

/**
 * Throws ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER for another type than the value has or a period that is none,
 * NTE_BAD_ALGID for a hash that is none, ERROR_NOT_SUPPORTED for a setting through which enrollees could become somebody else, and what keeps the CA from being
 * locked up (`requireManageable`).
 */
export function setRegistry(door: ConfigurationDoor, caller: Caller, setting: RegistrySetting): Promise<void> {
  return changeRegistry(door, caller, [setting]);
}

/** Throws as `setRegistry`, and ERROR_FILE_NOT_FOUND for a value that is not there. */
export async function removeRegistry(
  door: ConfigurationDoor,
  caller: Caller,
  path: string,
  name: string,
): Promise<void> {
  const attempt = settingAttempt(path, name, undefined, door.ports.directory.domain.sid);
  const configuration = await authorizeSetting(door, caller, path, name, attempt);
  if (configuration.value(name, path) === undefined)
    throw hresult('ERROR_FILE_NOT_FOUND', `There is no ${settingName(path, name)}.`);
  await changeRegistry(door, caller, [{ path, name, value: undefined }]);
}

/**
 * All of the changes, in one unit with their records, or none. Each is checked as if it came alone, but what is left to manage
 * the CA by what all of them leave. Throws as `setRegistry`; `about` may say which of them it was.
 */
export async function changeRegistry<Change extends RegistryChange>(
  door: ConfigurationDoor,
  caller: Caller,
  changes: readonly Change[],
  about: (thrown: unknown, change: Change) => unknown = (thrown) => thrown,
): Promise<void> {
  const { clock, database, directory } = door.ports;
  const before = await readConfiguration(database);
  const after = before.with(changes);
  const context = { time: clock.now(), subject: caller.accountName, configuration: before };
  const writes: Write[] = [];
  for (const change of changes) {
    const { path, name, value } = change;
    const attempt = settingAttempt(path, name, value, directory.domain.sid);
    try {
      await authorizeSetting(door, caller, path, name, attempt);
      if (value !== undefined) requireFitting(before, path, name, value);
      await requireManageable(door, { before, after }, path, name, value);
    } catch (thrown) {
      throw about(thrown, change);
    }
    const row = registryRow(path, name);
    writes.push(
      value === undefined
        ? { remove: 'Registry', path, name }
        : { set: 'Registry', path: row?.path ?? path, name: row?.name ?? name, value },
      ...audit(context, attempt.event, attempt.values),
    );
  }
  await database.commit(writes);
}

function requireFitting(before: Configuration, path: string, name: string, value: RegistryValue): void {
  const type = registryRow(path, name)?.type ?? before.value(name, path)?.type;
  if (type !== undefined && type !== value.type) {
    throw hresult('ERROR_INVALID_PARAMETER', `${settingName(path, name)} is ${type}, not ${value.type}.`, {
      hint: `certutil -getreg ${settingName(path, name)} shows what the value looks like`,
    });
  }
  if (/Period$/i.test(name) && value.type === 'REG_SZ') requirePeriod(path, name, value.data);
  requireKnownHash(path, name, value);
  requireSafeSetting(path, name, value, before.value(name, path));
}

function requirePeriod(path: string, name: string, unit: string): void {
  try {
    parsePeriod(unit, 1);
  } catch (cause) {
    throw hresult('ERROR_INVALID_PARAMETER', `${settingName(path, name)}: '${unit}' is no period.`, {
      hint: PERIOD_UNITS.join(', '),
      cause,
    });
  }
}
