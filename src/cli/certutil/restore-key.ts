import { join } from 'node:path';
import type { CaConfiguration } from '#ca/api';
import { sanitizeName } from '#ca/config/sanitized-name';
import { hresult, isHresult } from '#hresult/hresult-error';
import { wipe } from '#pki/crypto/engine';
import { openPfx } from '#pki/pkcs12/open';
import type { PfxContents } from '#pki/pkcs12/pfx-contents';
import { readPfxFile } from '#pki/pkcs12/pfx-file';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { caCertHashes, configOf } from './keys/ca-certificates.ts';
import { type CaRestore, planCaRestore } from './keys/ca-restore.ts';
import { importPfx } from './pfx/import.ts';
import { DEFAULT_PROVIDER } from './pfx/import-target.ts';
import { existingPassword, requireCaPassword } from './pfx/password.ts';
import { retryLine } from './recovery/retry-line.ts';
import { settingAt } from './registry/path.ts';
import { RESTART_NOTICE } from './registry/style.ts';
import { type KeyPlace, openKeyPlace } from './store/key-place.ts';
import { withConfiguration } from './with-authority.ts';

/**
 * `certutil -restoreKey BackupDirectory | PFXFile`: the CA's keys under its name, its certificates that have not expired into My,
 * the chain into CA and Root. Throws ERROR_DIRECTORY for a folder without a backup, ERROR_INVALID_DATA for a file that is not a
 * CA's, NTE_EXISTS for a key that is there already and no -f.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const { console, out } = context;
  const file = await findFile(context);
  const bytes = readPfxFile(await console.readFile(file));
  const place = await openKeyPlace(context);
  const password = await existingPassword(context);
  requireCaPassword(password);
  const contents = await openPfx(bytes, password, place.engine);
  try {
    const restored = await withLocalCa(context, (ca) => restore(context, contents, place, ca));
    out(`Restored keys and certificates for ${restored.config} from ${file}.`);
    context.outAfterStatus(RESTART_NOTICE);
    return { ...restored, file };
  } finally {
    wipe(...contents.keys.map(({ pkcs8 }) => pkcs8));
  }
}

/** The file itself, or the only .p12 file of a folder. */
async function findFile({ args, console }: CertutilContext): Promise<string> {
  const [path] = args as [string];
  const names = await console.listFolder(path);
  if (!names) return path;
  const [first, ...others] = names.filter((name) => /\.(?:p12|pfx)$/i.test(name));
  if (first !== undefined && others.length === 0) return join(path, first);
  throw hresult('ERROR_DIRECTORY', `${path} has ${first === undefined ? 'no' : 'more than one'} .p12 file.`, {
    hint: 'name the folder that certutil -backupKey wrote to, or the .p12 file itself',
  });
}

/** Without a CA on this machine the keys are for one that is yet to be installed. */
async function withLocalCa<T>(
  context: CertutilContext,
  use: (ca: CaConfiguration | undefined) => Promise<T>,
): Promise<T> {
  try {
    return await withConfiguration(context, use);
  } catch (error) {
    if (context.options.has('config') || !isNoCa(error)) throw error;
    return use(undefined);
  }
}

function isNoCa(error: unknown): boolean {
  return (['ERROR_FILE_NOT_FOUND', 'ERROR_NO_SUCH_DOMAIN'] as const).some((symbol) => isHresult(error, symbol));
}

async function restore(
  context: CertutilContext,
  contents: PfxContents,
  place: KeyPlace,
  ca: CaConfiguration | undefined,
) {
  const { clock, options, out, machineName } = context;
  const settings = (await ca?.registry()) ?? [];
  const plan = planCaRestore(contents, clock.now());
  if (ca && sanitizeName(plan.name) !== ca.sanitizedName) {
    throw hresult('ERROR_INVALID_DATA', `The file is of the CA "${plan.name}", not of ${configOf(settings)}.`, {
      hint: 'name a backup of this CA',
    });
  }
  for (const name of plan.expired) out(`Certificate "${name}" has expired and is not restored.`);
  const provider = settingAt(settings, 'CSP', 'Provider')?.value;
  const { keys, certificates } = await importPfx(
    withProvider(plan.contents, provider?.type === 'REG_SZ' ? provider.data : DEFAULT_PROVIDER),
    place,
    {
      store: place.stores.open('My'),
      modifiers: { flags: new Set(), values: new Map() },
      csp: undefined,
      retryLine: retryLine(context, 'restoreKey', DEFAULT_PROVIDER),
      container: plan.container,
      overwrite: options.has('f'),
      ownRoots: true,
    },
  );
  const retired = ca ? await retireMissing(ca, place, plan, out) : [];
  return {
    config: ca ? configOf(settings) : `${machineName}\\${plan.name}`,
    keys: keys.map((key) => ({ ...key })),
    certificates: certificates.map((one) => ({ ...one })),
    expired: plan.expired,
    retired,
  };
}

/** A key whose file names no provider goes to that of the CA. */
function withProvider(contents: PfxContents, provider: string): PfxContents {
  return { ...contents, keys: contents.keys.map((key) => ({ ...key, cspName: key.cspName || provider })) };
}

/**
 * An expired certificate that CACertHash still names and that is in no store any more would keep the CA from starting: `-` takes
 * its place, as administrators have done by hand.
 */
async function retireMissing(
  ca: CaConfiguration,
  { stores }: KeyPlace,
  plan: CaRestore,
  out: (line: string) => void,
): Promise<string[]> {
  const hashes = caCertHashes(await ca.registry());
  const stored = new Set((await stores.open('My').list()).map(({ thumbprint }) => thumbprint));
  const missing = hashes.filter((hash) => plan.expiredThumbprints.includes(hash) && !stored.has(hash));
  if (missing.length === 0) return [];
  const data = hashes.map((hash) => (missing.includes(hash) ? '-' : hash));
  await ca.setRegistry({ path: '', name: 'CACertHash', value: { type: 'REG_MULTI_SZ', data } });
  for (const hash of missing) out(`CACertHash: "-" in place of the expired certificate ${hash}.`);
  return missing;
}
