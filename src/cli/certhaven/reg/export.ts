import type { RegistrySetting } from '#ca/api';
import { CERTSVC, CONFIGURATION, configurationKey } from '#ca/config/certsvc-key';
import { encodeRegistryFile, type KeyToExport } from '#ca/config/encode-registry-file';
import { hresult, isHresult } from '#hresult/hresult-error';
import { inTableOrder } from '../../certutil/registry/order.ts';
import { parseRegistryPath, subkeysOf } from '../../certutil/registry/path.ts';
import type { Json } from '../../io/verb.ts';
import type { CommandContext } from '../context.ts';
import { withConfiguration } from '../with-configuration.ts';

/** What reg.exe ends with. */
export const SUCCESS = 'The operation completed successfully.';

/** `certhaven reg export [KEY] FILE`. Throws ERROR_FILE_NOT_FOUND for a key that is not there, ERROR_NOT_SUPPORTED for one of others. */
export async function exportConfiguration(
  context: CommandContext,
  typedKey: string | undefined,
  file: string,
  overwrite: boolean,
): Promise<Json> {
  return withConfiguration(context, async ({ sanitizedName, registry }) => {
    const keys = keysToExport(typedKey ?? CONFIGURATION, sanitizedName, await registry());
    await write(context, file, encodeRegistryFile(keys), overwrite);
    context.out(SUCCESS);
    return { file, key: keys[0]!.path, values: keys.reduce((sum, { values }) => sum + values.length, 0) };
  });
}

/** The key and those below it, each before its own. */
function keysToExport(typed: string, caName: string, settings: readonly RegistrySetting[]): KeyToExport[] {
  const wanted = typed.replace(/^HKLM(?=\\)/i, 'HKEY_LOCAL_MACHINE').replace(/\\+$/, '');
  const ofMachine = [{ path: CONFIGURATION, values: [active(caName)] }, ...ofCa('', caName, settings)];
  if (isSameKey(wanted, CERTSVC)) return [{ path: CERTSVC, values: [] }, ...ofMachine];
  const key = configurationKey(wanted) ?? ofCertutil(wanted, caName, settings);
  if (key.caName === undefined) return ofMachine;
  const path = existing(key.path, settings);
  if (!isSameKey(key.caName, caName) || path === undefined) {
    throw hresult('ERROR_FILE_NOT_FOUND', `There is no key ${typed}.`, {
      hint: `certutil -getreg CA lists the keys of ${caName}`,
    });
  }
  return ofCa(path, caName, settings);
}

/** `CA\CSP`, `policy`. */
function ofCertutil(typed: string, caName: string, settings: readonly RegistrySetting[]) {
  if (/^HKEY_/i.test(typed)) {
    throw hresult('ERROR_NOT_SUPPORTED', `${typed} has no configuration of a CA.`, {
      hint: `the key is ${CONFIGURATION}, or one below it`,
    });
  }
  const { kind, path } = parseRegistryPath(typed, caName, settings);
  return { caName, path: kind === 'key' ? path : typed };
}

function ofCa(path: string, caName: string, settings: readonly RegistrySetting[]): KeyToExport[] {
  const values = inTableOrder(settings.filter((setting) => isSameKey(setting.path, path)));
  const own = { path: [CONFIGURATION, caName, path].filter((part) => part !== '').join('\\'), values };
  const below = subkeysOf(path, settings).map((name) => (path === '' ? name : `${path}\\${name}`));
  return [own, ...below.flatMap((each) => ofCa(each, caName, settings))];
}

/** As it is spelt. */
function existing(path: string, settings: readonly RegistrySetting[]): string | undefined {
  if (path === '') return '';
  const found = settings.find((setting) => `${setting.path}\\`.toLowerCase().startsWith(`${path}\\`.toLowerCase()));
  return found?.path.slice(0, path.length);
}

/** By it a reader knows which CA of the file is in use. */
function active(caName: string): KeyToExport['values'][number] {
  return { name: 'Active', value: { type: 'REG_SZ', data: caName } };
}

function isSameKey(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Over a file that is there only when told so: reg.exe asks. Throws ERROR_CANCELLED. */
async function write(
  { console, isJson }: CommandContext,
  file: string,
  content: Uint8Array,
  overwrite: boolean,
): Promise<void> {
  try {
    await console.writeFile(file, content, { overwrite });
  } catch (error) {
    if (!isHresult(error, 'ERROR_FILE_EXISTS')) throw error;
    const answer = await console.prompt(`File ${file} already exists. Overwrite (Yes/No)?`, { aside: isJson });
    if (!/^y(?:es)?$/i.test(answer.trim()))
      throw hresult('ERROR_CANCELLED', 'Nothing was written.', { hint: '/y overwrites the file without asking' });
    await console.writeFile(file, content, { overwrite: true });
  }
}
