import { hresult } from '#hresult/hresult-error';
import type { PfxAlgorithm } from '#pki/pkcs12/pbe';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { exportPfx } from './pfx/export.ts';
import {
  EXPORT_MODIFIERS,
  type ExportModifiers,
  encryptsCertificates,
  isModifierList,
  parseModifiers,
} from './pfx/modifiers.ts';
import { newPassword, refuseProtectTo } from './pfx/password.ts';
import { openKeyPlace } from './store/key-place.ts';
import { printEntries } from './store/print-entries.ts';

/** `certutil -exportPFX [Store] CertId PFXFile [Modifiers]`: the machine's My where no store is given. */
export async function run(context: CertutilContext): Promise<Json> {
  const { console, options } = context;
  refuseProtectTo(options);
  const { storeToken, certId, file, modifiers } = readArguments(context.args);
  const algorithm = algorithmOf(modifiers);
  // Nobody types a password for modifiers that contradict each other.
  encryptsCertificates(modifiers.flags);
  const place = await openKeyPlace(context);
  const store = place.stores.open(storeToken);
  const entries = await store.find(certId);
  await printEntries(context, store, entries, storeToken);
  if (entries.length === 0)
    throw hresult('NTE_NOT_FOUND', `The store ${store.name} has no certificate ${certId}.`, {
      hint: 'certutil -store, with -user for your own, lists what is in a store',
    });
  await console.requireWritable(file, { overwrite: options.has('f') });
  const password = await newPassword(context, file);
  const choice = { flags: modifiers.flags, algorithm, password };
  const { pfx, certificates } = await exportPfx(entries, place, (machine) => context.providers(machine), choice);
  await console.writeFile(file, pfx, { overwrite: options.has('f'), mode: 0o600 });
  return {
    store: store.name,
    entries: entries.map(({ index, thumbprint }) => ({ index, thumbprint })),
    certificates,
    algorithm,
    file,
  };
}

function readArguments(args: readonly string[]): {
  readonly storeToken: string;
  readonly certId: string;
  readonly file: string;
  readonly modifiers: ExportModifiers;
} {
  const hasModifiers = args.length === 4 || (args.length === 3 && isModifierList(args[2]!, EXPORT_MODIFIERS));
  const modifiers = parseModifiers(hasModifiers ? args.at(-1) : undefined, EXPORT_MODIFIERS);
  const rest = hasModifiers ? args.slice(0, -1) : args;
  const [certId, file] = rest.slice(-2) as [string, string];
  return { storeToken: rest.length === 3 ? rest[0]! : 'MY', certId, file, modifiers };
}

/**
 * AES unless the old form is asked for: Windows before Server 2019 reads that one only. ExportParameters asks for what is done
 * anyway: the parameters of a key, such as its curve, are part of PrivateKeyInfo.
 */
function algorithmOf({ values }: ExportModifiers): PfxAlgorithm {
  const name = values.get('CryptoAlgorithm') ?? 'AES256_SHA256';
  const found = (['AES256_SHA256', 'TripleDES_SHA1'] as const).find(
    (known) => known.toLowerCase() === name.replace('-', '_').toLowerCase(),
  );
  if (found) return found;
  throw hresult('ERROR_INVALID_PARAMETER', `CryptoAlgorithm=${name}.`, {
    hint: 'AES256_SHA256, or TripleDES_SHA1 for readers before Windows Server 2019.',
  });
}
