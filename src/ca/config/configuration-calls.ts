/**
 * The calls that read and change a CA's configuration. They need its database and no running CA: one that a value keeps from
 * starting is mended with them, as Windows' registry is edited while the service is stopped.
 */
import type { CaConfiguration } from '../api.ts';
import type { AuthorityPorts, Caller } from '../authority.ts';
import { requireRight } from '../roles/rights.ts';
import { readConfiguration } from './configuration.ts';
import { removeRegistry, setRegistry } from './set-registry.ts';

export function configurationCalls(
  ports: Pick<AuthorityPorts, 'clock' | 'database'>,
  caller: Caller,
): Pick<CaConfiguration, 'registry' | 'setRegistry' | 'removeRegistry'> {
  const { database } = ports;
  return {
    registry: async () => {
      requireRight(await readConfiguration(database), caller, 'Read', 'Officer', 'Administrator');
      return database.registry();
    },
    setRegistry: (setting) => setRegistry(ports, caller, setting),
    removeRegistry: (path, name) => removeRegistry(ports, caller, path, name),
  };
}
