import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { registryJson } from './registry/json.ts';
import { registryLines } from './registry/lines.ts';
import { parseRegistryPath, settingAt } from './registry/path.ts';
import { RESTART_NOTICE, registryStyle } from './registry/style.ts';
import { withConfiguration } from './with-authority.ts';

/** `certutil -delreg {ca|policy|exit}\Name`. The block of the value that was is assumed to be that of -setreg. */
export async function run(context: CertutilContext): Promise<Json> {
  const typed = context.args[0]!;
  const { out } = context;
  return withConfiguration(context, async (configuration) => {
    const settings = await configuration.registry();
    const place = parseRegistryPath(typed, configuration.sanitizedName, settings);
    if (place.kind === 'key') throw hresult('ERROR_INVALID_PARAMETER', `${typed} is a key, not a value.`);
    const { path, name, heading } = place;
    const setting = settingAt(settings, path, name);
    if (setting === undefined) throw hresult('ERROR_FILE_NOT_FOUND', heading.slice(0, -1));
    await configuration.removeRegistry(path, name);
    out(heading);
    out();
    out('Old Value:');
    for (const line of await registryLines(setting, await registryStyle(context))) out(line);
    context.outAfterStatus(RESTART_NOTICE);
    return { path, name, before: registryJson(name, setting.value) };
  });
}
