import type { CaConfiguration } from '#ca/api';
import { Configuration } from '#ca/config/configuration';
import { registryRow } from '#ca/config/registry-values';
import { signatureSettingNotice } from '#ca/config/signature-settings';
import { formatRights } from '#ca/roles/rights';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { editedValue } from './registry/edit.ts';
import { registryJson } from './registry/json.ts';
import { registryLines } from './registry/lines.ts';
import { parseRegistryPath, settingAt } from './registry/path.ts';
import { RESTART_NOTICE, registryStyle } from './registry/style.ts';
import { withConfiguration } from './with-authority.ts';

/** `certutil -setreg {ca|policy|exit}\Name Value`. */
export async function run(context: CertutilContext): Promise<Json> {
  const [typed, text] = context.args as [string, string];
  const { out } = context;
  return withConfiguration(context, async (configuration) => {
    const settings = await configuration.registry();
    const place = parseRegistryPath(typed, configuration.sanitizedName, settings);
    if (place.kind === 'key')
      throw hresult('ERROR_INVALID_PARAMETER', `${typed} is a key, not a value.`, {
        hint: `certutil -getreg ${typed} lists its values`,
      });
    const { path, name, heading } = place;
    const before = settingAt(settings, path, name)?.value;
    const value = editedValue(text, { name, before, type: registryRow(path, name)?.type, now: context.clock.now() });
    await configuration.setRegistry({ path, name, value });
    out(heading);
    out();
    const style = await registryStyle(context);
    if (before !== undefined) {
      out('Old Value:');
      for (const line of await registryLines({ path, name, value: before }, style)) out(line);
      out();
    }
    out('New Value:');
    for (const line of await registryLines({ path, name, value }, style)) out(line);
    context.outAfterStatus(RESTART_NOTICE);
    const notice = signatureSettingNotice(new Configuration(await configuration.registry()), path, name);
    if (notice !== undefined) context.outAfterStatus(notice);
    if (path === '' && name === 'RoleSeparationEnabled') await warnOfConflicts(context, configuration);
    const written = { path, name, before: registryJson(name, before), after: registryJson(name, value) };
    return notice === undefined ? written : { ...written, notice };
  });
}

/** Whom the separation of roles leaves none, so that nobody is surprised by it. */
async function warnOfConflicts(
  { outAfterStatus }: Pick<CertutilContext, 'outAfterStatus'>,
  configuration: CaConfiguration,
): Promise<void> {
  const { isSeparatedAtStart, holders } = await configuration.roles();
  for (const { accountName, roles } of holders) {
    if (isSeparatedAtStart && roles.length > 1)
      outAfterStatus(`${accountName} will be refused each of several roles: ${formatRights(roles)}`);
  }
}
