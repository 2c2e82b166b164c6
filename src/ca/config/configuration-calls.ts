/**
 * The calls that read and change a CA's configuration, and those that read its logs. They need its database and no running
 * CA: one that a value keeps from starting is mended with them, as Windows' registry is edited while the service is stopped.
 */
import type { CaConfiguration } from '../api.ts';
import { auditLog, eventLog } from '../audit/logs.ts';
import type { Caller } from '../authority.ts';
import { authorize } from '../roles/authorize.ts';
import { roles } from '../roles/roles.ts';
import { importRegistry } from './import-registry.ts';
import { removeRegistry, setRegistry } from './set-registry.ts';
import type { ConfigurationDoor } from './setting-rules.ts';

export function configurationCalls(
  door: ConfigurationDoor,
  caller: Caller,
): Omit<CaConfiguration, 'sanitizedName' | 'renewCertificate' | 'close'> {
  return {
    registry: async () => {
      await authorize(door, caller, ['Read', 'Officer', 'Administrator']);
      return door.ports.database.registry();
    },
    setRegistry: (setting) => setRegistry(door, caller, setting),
    removeRegistry: (path, name) => removeRegistry(door, caller, path, name),
    importRegistry: (file) => importRegistry(door, caller, file),
    roles: () => roles(door, caller),
    auditLog: () => auditLog(door, caller),
    eventLog: () => eventLog(door, caller),
  };
}
