/** Changing the configuration: MS-CSRA 3.1.4.2.15 SetConfigEntry. */
import { hresult } from '#hresult/hresult-error';
import type { RegistrySetting } from '../api.ts';
import { audit } from '../audit/audit.ts';
import type { AuthorityPorts, Caller } from '../authority.ts';
import { requireManaged } from '../roles/change-rights.ts';
import { requireRight } from '../roles/rights.ts';
import { decodeSecurityDescriptor } from '../template/security-descriptor.ts';
import { readConfiguration, settingName } from './configuration.ts';
import { PERIOD_UNITS, parsePeriod } from './period.ts';
import { registryRow } from './registry-values.ts';
import { requireSafeSetting } from './unsafe-settings.ts';

type ConfigurationPorts = Pick<AuthorityPorts, 'clock' | 'database'>;

/**
 * Throws ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER for another type than the value has or a period that is none,
 * ERROR_NOT_SUPPORTED for a setting through which enrollees could become somebody else, and CERTSRV_E_NO_CAADMIN_DEFINED
 * for a security descriptor that leaves nobody to manage the CA.
 */
export async function setRegistry(
  ports: ConfigurationPorts,
  caller: Caller,
  { path, name, value }: RegistrySetting,
): Promise<void> {
  const { clock, database } = ports;
  const configuration = await readConfiguration(database);
  requireRight(configuration, caller, 'Administrator');
  const row = registryRow(path, name);
  const type = row?.type ?? configuration.value(name, path)?.type;
  if (type !== undefined && type !== value.type) {
    throw hresult('ERROR_INVALID_PARAMETER', `${settingName(path, name)} is ${type}, not ${value.type}.`, {
      hint: `certutil -getreg ${settingName(path, name)} shows what the value looks like`,
    });
  }
  if (/Period$/i.test(name) && value.type === 'REG_SZ') requirePeriod(path, name, value.data);
  if (path === '' && name.toLowerCase() === 'security' && value.type === 'REG_BINARY')
    requireManaged(decodeSecurityDescriptor(value.data));
  requireSafeSetting(path, name, value, configuration.value(name, path));
  const context = { time: clock.now(), subject: caller.accountName, configuration };
  const event =
    name.toLowerCase() === 'auditfilter' ? ('auditFilterChanged' as const) : ('configurationChanged' as const);
  const fields = event === 'auditFilterChanged' ? [String(value.data)] : [path, name, describe(value)];
  await database.commit([
    { set: 'Registry', path: row?.path ?? path, name: row?.name ?? name, value },
    ...audit(context, event, fields),
  ]);
}

export async function removeRegistry(
  ports: ConfigurationPorts,
  caller: Caller,
  path: string,
  name: string,
): Promise<void> {
  const { clock, database } = ports;
  const configuration = await readConfiguration(database);
  requireRight(configuration, caller, 'Administrator');
  if (configuration.value(name, path) === undefined)
    throw hresult('ERROR_FILE_NOT_FOUND', `There is no ${settingName(path, name)}.`);
  const context = { time: clock.now(), subject: caller.accountName, configuration };
  await database.commit([
    { remove: 'Registry', path, name },
    ...audit(context, 'configurationChanged', [path, name, '(deleted)']),
  ]);
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

function describe(value: RegistrySetting['value']): string {
  if (value.type === 'REG_BINARY') return `${value.data.length} bytes`;
  return value.type === 'REG_MULTI_SZ' ? value.data.join('\\n') : String(value.data);
}
