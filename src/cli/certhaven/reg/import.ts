import type { RegistryImport } from '#ca/api';
import { Configuration, settingName } from '#ca/config/configuration';
import { settingText } from '#ca/config/setting-rules';
import { signatureSettingNotice } from '#ca/config/signature-settings';
import type { RegistryValue } from '#ca/ports';
import { registryJson } from '../../certutil/registry/json.ts';
import { RESTART_NOTICE } from '../../certutil/registry/style.ts';
import { dwordText } from '../../certutil/text/dword-text.ts';
import type { Json } from '../../io/verb.ts';
import type { CommandContext } from '../context.ts';
import { withConfiguration } from '../with-configuration.ts';
import { SUCCESS } from './export.ts';

/** `certhaven reg import FILE`: what changed is printed, then by its line what the file has and no CA of this machine can hold. */
export async function importConfiguration(context: CommandContext, file: string): Promise<Json> {
  const { console, out } = context;
  const content = await console.readFile(file);
  return withConfiguration(context, async (configuration) => {
    const { changes, unchanged, leftOut } = await configuration.importRegistry(content);
    for (const change of changes) out(changeLine(change));
    for (const { line, name, why } of leftOut) out(`Line ${line}: ${name} is left out: ${why}.`);
    out(SUCCESS);
    const settings = new Configuration(await configuration.registry());
    const notices = changes.flatMap(({ path, name }) => signatureSettingNotice(settings, path, name) ?? []);
    if (changes.length > 0) out(RESTART_NOTICE);
    for (const notice of notices) out(notice);
    return {
      changes: changes.map(({ path, name, before, after }) => ({
        path,
        name,
        before: registryJson(name, before),
        after: registryJson(name, after),
      })),
      unchanged,
      leftOut: leftOut.map((each) => ({ ...each })),
      notices,
    };
  });
}

function changeLine({ path, name, before, after }: RegistryImport['changes'][number]): string {
  const is = after === undefined ? 'deleted' : text(after);
  return `${settingName(path, name)}: ${before === undefined ? 'absent' : text(before)} -> ${is}`;
}

function text(value: RegistryValue): string {
  return value.type === 'REG_DWORD' ? dwordText(value.data) : settingText(value);
}
