import type { RegistrySetting } from '#ca/api';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { registryJson } from './registry/json.ts';
import { registryLines } from './registry/lines.ts';
import { inTableOrder } from './registry/order.ts';
import { parseRegistryPath, settingAt, subkeysOf } from './registry/path.ts';
import { registryStyle } from './registry/style.ts';
import { withConfiguration } from './with-authority.ts';

/** `certutil -getreg {ca|policy|exit}\Name`, or a whole key: `certutil -getreg ca`. */
export async function run(context: CertutilContext): Promise<Json> {
  return withConfiguration(context, async (configuration) => {
    const settings = await configuration.registry();
    const place = parseRegistryPath(context.args[0] ?? 'ca', configuration.sanitizedName, settings);
    if (place.kind === 'key') return showKey(context, place.heading, place.path, settings);
    const setting = settingAt(settings, place.path, place.name);
    if (setting === undefined)
      throw hresult('ERROR_FILE_NOT_FOUND', place.heading.slice(0, -1), {
        hint: 'certutil -getreg CA lists keys and values',
      });
    context.out(place.heading);
    context.out();
    for (const line of await registryLines(setting, await registryStyle(context))) context.out(line);
    return { path: setting.path, name: setting.name, value: registryJson(setting.name, setting.value) };
  });
}

/** Windows pads to this column or to the longest name. */
const NAME_WIDTH = 24;

async function showKey(
  context: CertutilContext,
  heading: string,
  path: string,
  settings: readonly RegistrySetting[],
): Promise<Json> {
  const { out } = context;
  const keys = subkeysOf(path, settings);
  const values = inTableOrder(settings.filter((setting) => setting.path.toLowerCase() === path.toLowerCase()));
  out(heading);
  if (keys.length > 0) for (const line of ['', 'Keys:', ...keys.map((key) => `  ${key}`)]) out(line);
  if (values.length > 0) for (const line of ['', 'Values:']) out(line);
  const style = await registryStyle(context);
  const nameWidth = Math.max(NAME_WIDTH, ...values.map(({ name }) => name.length));
  for (const setting of values) for (const line of await registryLines(setting, { ...style, nameWidth })) out(line);
  return {
    path,
    keys,
    values: Object.fromEntries(values.map(({ name, value }) => [name, registryJson(name, value)])),
  };
}
