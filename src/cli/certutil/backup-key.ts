import { join, resolve } from 'node:path';
import type { CaConfiguration } from '#ca/api';
import { Configuration } from '#ca/config/configuration';
import { KEY_BACKUPS, withKeyBackup } from '#ca/config/key-backups';
import type { StoreEntry } from '#certstore/ports/certificate-store';
import { isHresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { caEntries, configOf } from './keys/ca-certificates.ts';
import { exportPfx } from './pfx/export.ts';
import { newPassword, refuseProtectTo, requireCaPassword } from './pfx/password.ts';
import { openKeyPlace } from './store/key-place.ts';
import { withConfiguration } from './with-authority.ts';

/**
 * `certutil -backupKey BackupDirectory`: every certificate of the CA with its key, and the chain, in `<CAName>.p12`. The CA need
 * not run. Throws NTE_BAD_KEY_STATE for a key that may not leave, and then there is no file.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const { console, options, out } = context;
  const [directory] = context.args as [string];
  refuseProtectTo(options);
  return withConfiguration(context, async (configuration) => {
    const settings = await configuration.registry();
    const place = await openKeyPlace(context);
    const entries = await caEntries(settings, place.stores);
    const file = join(directory, `${configuration.sanitizedName}.p12`);
    const overwrite = options.has('f');
    if (await console.listFolder(directory)) await console.requireWritable(file, { overwrite });
    const password = await newPassword(context, undefined);
    requireCaPassword(password);
    const choice = { flags: new Set<never>(), algorithm: 'AES256_SHA256', password } as const;
    const { pfx, keys, certificates } = await exportPfx(
      entries,
      place,
      (machine) => context.providers(machine),
      choice,
    );
    await console.makeFolder(directory);
    await console.writeFile(file, pfx, { overwrite, mode: 0o600 });
    const config = configOf(settings);
    out(`Backed up keys and certificates for ${config} to ${file}.`);
    await remember(context, configuration, entries, resolve(file));
    return {
      config,
      file,
      keys,
      certificates,
      entries: entries.map(({ index, thumbprint }) => ({ index, thumbprint })),
    };
  });
}

/** In the CA's configuration, and so in its audit log: for `certhaven doctor`. The backup is made, whoever may not write there. */
async function remember(
  { outAfterStatus }: CertutilContext,
  configuration: CaConfiguration,
  entries: readonly StoreEntry[],
  file: string,
): Promise<void> {
  const thumbprints = entries.map(({ thumbprint }) => thumbprint);
  const value = withKeyBackup(new Configuration(await configuration.registry()), thumbprints, new Date(), file);
  try {
    await configuration.setRegistry({ path: '', name: KEY_BACKUPS, value });
  } catch (error) {
    if (!isHresult(error, 'ERROR_ACCESS_DENIED') && !isHresult(error, 'CERTSRV_E_ROLECONFLICT')) throw error;
    outAfterStatus(`CA\\${KEY_BACKUPS} does not tell of it: ${error.detail ?? error.message}`);
  }
}
