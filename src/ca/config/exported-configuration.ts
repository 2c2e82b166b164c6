/** The configuration of a CA out of the registration file of its machine's CertSvc key, or of a key below it. */
import { hresult } from '#hresult/hresult-error';
import { configurationKey } from './certsvc-key.ts';
import { Configuration } from './configuration.ts';
import { parseRegistryFile } from './registry-file.ts';

export interface ExportedConfiguration {
  /** The sanitized name of the CA, its key's. */
  readonly sanitizedName: string;
  readonly configuration: Configuration;
  /** Values of the machine, such as DBDirectory. */
  readonly machine: Configuration;
}

/**
 * Of the CA that `Active` names, or the only one there is. Throws ERROR_INVALID_DATA, CRYPT_E_NOT_FOUND for a file without a CA,
 * TYPE_E_AMBIGUOUSNAME for one of several where none is active.
 */
export function exportedConfiguration(bytes: Uint8Array): ExportedConfiguration {
  type Values = ConstructorParameters<typeof Configuration>[0][number];
  const machine: Values[] = [];
  const authorities = new Map<string, Values[]>();
  for (const { path, isDeleted, values } of parseRegistryFile(bytes)) {
    const key = configurationKey(path);
    if (!key || isDeleted) continue;
    const rows = values.flatMap(({ name, value }) => (value === undefined ? [] : [{ path: key.path, name, value }]));
    if (key.caName === undefined) machine.push(...rows);
    else authorities.set(key.caName, [...(authorities.get(key.caName) ?? []), ...rows]);
  }
  const ofMachine = new Configuration(machine);
  const active = ofMachine.string('Active');
  const names = [...authorities.keys()];
  const sanitizedName = names.find((name) => name.toLowerCase() === active?.toLowerCase()) ?? names[0];
  if (sanitizedName === undefined) {
    throw hresult('CRYPT_E_NOT_FOUND', 'The file has no CA below CertSvc\\Configuration.', {
      hint: 'reg export HKLM\\SYSTEM\\CurrentControlSet\\Services\\CertSvc\\Configuration FILE.reg writes all of it',
    });
  }
  if (names.length > 1 && active === undefined)
    throw hresult('TYPE_E_AMBIGUOUSNAME', `The file has several CAs and none is active: ${names.join(', ')}.`);
  return { sanitizedName, configuration: new Configuration(authorities.get(sanitizedName)!), machine: ofMachine };
}
