/** Changing the configuration: MS-CSRA 3.1.4.2.15 SetConfigEntry. */
import { hresult } from '#hresult/hresult-error';
import type { RegistrySetting } from '../api.ts';
import { audit } from '../audit/audit.ts';
import type { Caller } from '../authority.ts';
import { settingName } from './configuration.ts';
import { PERIOD_UNITS, parsePeriod } from './period.ts';
import { registryRow } from './registry-values.ts';
import { authorizeSetting, type ConfigurationDoor, requireManageable, settingAttempt } from './setting-rules.ts';
import { requireKnownHash } from './signature-settings.ts';
import { requireSafeSetting } from './unsafe-settings.ts';

/**
 * Throws ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER for another type than the value has or a period that is none,
 * NTE_BAD_ALGID for a hash that is none, ERROR_NOT_SUPPORTED for a setting through which enrollees could become somebody else, and what keeps the CA from being
 * locked up (`requireManageable`).
 */
export async function setRegistry(
  door: ConfigurationDoor,
  caller: Caller,
  { path, name, value }: RegistrySetting,
): Promise<void> {
  const { clock, database, directory } = door.ports;
  const attempt = settingAttempt(path, name, value, directory.domain.sid);
  const configuration = await authorizeSetting(door, caller, path, name, attempt);
  const row = registryRow(path, name);
  const type = row?.type ?? configuration.value(name, path)?.type;
  if (type !== undefined && type !== value.type) {
    throw hresult('ERROR_INVALID_PARAMETER', `${settingName(path, name)} is ${type}, not ${value.type}.`, {
      hint: `certutil -getreg ${settingName(path, name)} shows what the value looks like`,
    });
  }
  if (/Period$/i.test(name) && value.type === 'REG_SZ') requirePeriod(path, name, value.data);
  requireKnownHash(path, name, value);
  requireSafeSetting(path, name, value, configuration.value(name, path));
  await requireManageable(door, configuration, path, name, value);
  const context = { time: clock.now(), subject: caller.accountName, configuration };
  await database.commit([
    { set: 'Registry', path: row?.path ?? path, name: row?.name ?? name, value },
    ...audit(context, attempt.event, attempt.values),
  ]);
}

/** Throws as `setRegistry`, and ERROR_FILE_NOT_FOUND for a value that is not there. */
export async function removeRegistry(
  door: ConfigurationDoor,
  caller: Caller,
  path: string,
  name: string,
): Promise<void> {
  const { clock, database, directory } = door.ports;
  const attempt = settingAttempt(path, name, undefined, directory.domain.sid);
  const configuration = await authorizeSetting(door, caller, path, name, attempt);
  if (configuration.value(name, path) === undefined)
    throw hresult('ERROR_FILE_NOT_FOUND', `There is no ${settingName(path, name)}.`);
  await requireManageable(door, configuration, path, name, undefined);
  const context = { time: clock.now(), subject: caller.accountName, configuration };
  await database.commit([{ remove: 'Registry', path, name }, ...audit(context, attempt.event, attempt.values)]);
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
