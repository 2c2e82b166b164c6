/** The values of the configuration that are somebody's own: who sets them, what is checked first, how the audit log tells of them. */
import { hresult } from '#hresult/hresult-error';
import type { Caller } from '../authority.ts';
import type { AuthorityPorts, RegistryValue } from '../ports.ts';
import { type Attempt, authorize, type Door, refused } from '../roles/authorize.ts';
import { requireSafeSecurity } from '../roles/change-rights.ts';
import { decodeOfficerRights } from '../roles/officer-rights.ts';
import { isAdministrator } from '../roles/principal.ts';
import { requireManaged } from '../roles/role-holders.ts';
import { formatSddl } from '../template/sddl.ts';
import { decodeSecurityDescriptor } from '../template/security-descriptor.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { IF } from './registry-flags.ts';

/** Where a configuration is changed. */
export interface ConfigurationDoor extends Door {
  readonly ports: Pick<AuthorityPorts, 'clock' | 'database' | 'directory'>;
}

const SPECIAL = ['security', 'officerrights', 'enrollmentagentrights', 'auditfilter', 'roleseparationenabled'] as const;

type Special = (typeof SPECIAL)[number];

function specialOf(path: string, name: string): Special | undefined {
  return path === '' ? SPECIAL.find((special) => special === name.toLowerCase()) : undefined;
}

/**
 * Answers the configuration. The audit filter is the auditor's (MS-CSRA 3.1.4.2.11: the administrator's too where
 * IF_ENABLEADMINASAUDITOR says so), the separation of roles that of the machine's administrators, whatever roles they hold:
 * theirs is the way back. All else is the CA administrator's. Throws as `authorize`.
 */
export async function authorizeSetting(
  door: ConfigurationDoor,
  caller: Caller,
  path: string,
  name: string,
  attempt: Attempt,
): Promise<Configuration> {
  const special = specialOf(path, name);
  const configuration = await readConfiguration(door.ports.database);
  if (special === 'roleseparationenabled') {
    if (isAdministrator(caller)) return configuration;
    const refusal = hresult('ERROR_ACCESS_DENIED', `${caller.accountName} is no administrator of this machine.`, {
      hint: 'an administrator of the machine separates roles, whoever manages the CA',
    });
    throw await refused(door, caller, configuration, refusal, attempt);
  }
  const isAuditors = special === 'auditfilter';
  if (!isAuditors || configuration.hasFlag('InterfaceFlags', IF.ENABLEADMINASAUDITOR))
    return authorize(door, caller, isAuditors ? ['Administrator', 'Auditor'] : ['Administrator'], attempt);
  return authorize(door, caller, ['Auditor'], attempt);
}

/**
 * Throws CERTSRV_E_NO_CAADMIN_DEFINED where nobody would be left to manage the CA, CERTSRV_E_ROLECONFLICT where roles are
 * separated and somebody would hold two, ERROR_INVALID_DATA for bytes that are no security descriptor.
 */
export async function requireManageable(
  door: ConfigurationDoor,
  { before, after }: { readonly before: Configuration; readonly after: Configuration },
  path: string,
  name: string,
  value: RegistryValue | undefined,
): Promise<void> {
  const special = specialOf(path, name);
  const { directory } = door.ports;
  if (special === 'security') {
    const changed = value?.type === 'REG_BINARY' ? decodeSecurityDescriptor(value.data) : {};
    await requireSafeSecurity(door, before, directory, changed);
  }
  // A value that cannot be read would keep every certificate manager, or enrollment agent, from everything.
  if ((special === 'officerrights' || special === 'enrollmentagentrights') && value?.type === 'REG_BINARY')
    requireOfficerRights(value.data);
  const security = after.binary('Security');
  if (special === 'roleseparationenabled' && value?.type === 'REG_DWORD' && value.data !== 0 && security)
    await requireManaged(directory, decodeSecurityDescriptor(security), true);
}

function requireOfficerRights(bytes: Uint8Array): void {
  try {
    decodeOfficerRights(bytes);
  } catch (cause) {
    throw hresult('ERROR_INVALID_DATA', 'The value restricts nobody.', {
      hint: 'certhaven restrict-manager and restrict-agent write what restricts somebody',
      cause,
    });
  }
}

/** The security event of a change; `value` is undefined where the entry is removed. */
export function settingAttempt(
  path: string,
  name: string,
  value: RegistryValue | undefined,
  domainSid: string,
): Attempt {
  switch (specialOf(path, name)) {
    case 'auditfilter':
      return { event: 'auditFilterChanged', values: [value?.type === 'REG_DWORD' ? value.data : 0] };
    case 'roleseparationenabled':
      return {
        event: 'roleSeparationChanged',
        values: [value?.type === 'REG_DWORD' && value.data !== 0 ? 'Yes' : 'No'],
      };
    case 'security':
      return { event: 'securityChanged', values: [describe(value, domainSid)] };
    case 'officerrights':
    case 'enrollmentagentrights':
      return { event: 'officerRightsChanged', values: [value ? 'Yes' : 'No', describe(value, domainSid)] };
    case undefined:
      return { event: 'configurationChanged', values: [path, name, value ? settingText(value) : '(deleted)'] };
  }
}

/** A descriptor as SDDL; one that is none by its length. */
function describe(value: RegistryValue | undefined, domainSid: string): string {
  if (value?.type !== 'REG_BINARY') return '';
  try {
    return formatSddl(decodeSecurityDescriptor(value.data), domainSid);
  } catch {
    return settingText(value);
  }
}

/** In one line; bytes by their number. */
export function settingText(value: RegistryValue): string {
  if (value.type === 'REG_BINARY') return `${value.data.length} bytes`;
  return value.type === 'REG_MULTI_SZ' ? value.data.join('\\n') : String(value.data);
}
