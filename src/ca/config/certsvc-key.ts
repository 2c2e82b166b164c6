/** Where the configuration of a CA is in Windows' registry: below the key of its service. */

/** The key of the service, as `reg export` spells it. */
export const CERTSVC = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\CertSvc';

/** The values of the machine and, a key each, its CAs. */
export const CONFIGURATION = `${CERTSVC}\\Configuration`;

/** `CurrentControlSet` is one of those with a number; the hive of a machine that does not run is loaded under any name. */
const CONFIGURATION_PATTERN =
  /^(?:HKEY_LOCAL_MACHINE|HKLM)\\[^\\]+\\(?:CurrentControlSet|ControlSet[0-9]{3})\\Services\\CertSvc\\Configuration(?:\\(.*))?$/i;

/** What a key is of: the machine where `caName` is undefined, else that CA, and the path below its key. Undefined for other keys. */
export function configurationKey(
  path: string,
): { readonly caName: string | undefined; readonly path: string } | undefined {
  const found = CONFIGURATION_PATTERN.exec(path);
  if (!found) return undefined;
  const [caName, ...below] = (found[1] ?? '').split('\\').filter((segment) => segment !== '');
  return { caName, path: below.join('\\') };
}
