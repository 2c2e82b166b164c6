import { hresult } from '#hresult/hresult-error';
import { wipe } from '#pki/crypto/engine';
import { openPfx } from '#pki/pkcs12/open';
import { readPfxFile } from '#pki/pkcs12/pfx-file';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { importPfx, tellOfLeftKeys } from './pfx/import.ts';
import { DEFAULT_PROVIDER } from './pfx/import-target.ts';
import { IMPORT_MODIFIERS, type ImportModifiers, isModifierList, parseModifiers } from './pfx/modifiers.ts';
import { existingPassword } from './pfx/password.ts';
import { retryLine } from './recovery/retry-line.ts';
import { openKeyPlace } from './store/key-place.ts';

/** `certutil -importPFX [Store] PFXFile [Modifiers]`: the machine's My where no store is given. */
export async function run(context: CertutilContext): Promise<Json> {
  const { console, options, out } = context;
  const { storeName, file, modifiers } = readArguments(context.args);
  requireSupported(file, modifiers);
  const place = await openKeyPlace(context);
  const store = place.stores.open(storeName);
  const bytes = readPfxFile(await console.readFile(file));
  const contents = await openPfx(bytes, await existingPassword(context), place.engine);
  if (contents.keys.length === 0 && contents.certificates.length === 0) throw nothingToImport(file);
  try {
    const { keys, certificates, leftKeys } = await importPfx(contents, place, {
      store,
      modifiers,
      csp: options.value('csp'),
      retryLine: retryLine(context, 'importPFX', DEFAULT_PROVIDER),
    });
    for (const { name, result } of certificates) {
      out(`Certificate "${name}" ${result === 'added' ? 'added to store' : 'already in store'}.`);
    }
    if (certificates.length === 0) {
      for (const { container, provider } of keys) {
        out(`  Key Container = ${container}`);
        out(`  Provider = ${provider}`);
      }
    }
    tellOfLeftKeys(console, leftKeys, !place.isMachine);
    return {
      store: store.name,
      keys: keys.map((key) => ({ ...key })),
      leftKeys: leftKeys.map((key) => ({ ...key })),
      certificates: certificates.map((one) => ({ ...one })),
    };
  } finally {
    wipe(...contents.keys.map(({ pkcs8 }) => pkcs8));
  }
}

function readArguments(args: readonly string[]): {
  readonly storeName: string;
  readonly file: string;
  readonly modifiers: ImportModifiers;
} {
  const hasModifiers =
    args.length === 3 ||
    (args.length === 2 && (isModifierList(args[1]!, IMPORT_MODIFIERS) || isFileAndMore(args[0]!, args[1]!)));
  const modifiers = parseModifiers(hasModifiers ? args.at(-1) : undefined, IMPORT_MODIFIERS);
  const rest = hasModifiers ? args.slice(0, -1) : args;
  return { storeName: rest.length === 2 ? rest[0]! : 'My', file: rest.at(-1)!, modifiers };
}

/** `a.pfx NoChian` has a modifier that is none, and not a store named a.pfx. */
function isFileAndMore(first: string, second: string): boolean {
  return PFX_NAME.test(first) && !PFX_NAME.test(second);
}

const PFX_NAME = /\.(?:pfx|p12)$/i;

function nothingToImport(file: string): Error {
  return hresult('CRYPT_E_NOT_FOUND', `${file} holds neither a certificate nor a private key.`, {
    hint: 'Java keeps secret keys in such files, which no provider here takes: name a file with a certificate or its key',
  });
}

/** Modifiers that say two things. */
const CONTRADICTIONS = [
  ['AT_SIGNATURE', 'AT_KEYEXCHANGE'],
  ['NoExport', 'ExportEncrypted'],
  ['Protect', 'NoProtect'],
  ['ProtectHigh', 'NoProtect'],
] as const;

/** Pkcs8 asks for what is done anyway: what the file says inside PrivateKeyInfo of the key's use decides its KeySpec. */
function requireSupported(file: string, { flags }: ImportModifiers): void {
  if (flags.has('VSM')) {
    throw hresult('ERROR_NOT_SUPPORTED', 'VSM: this machine has no virtual secure mode to keep the key in.', {
      hint: 'leave VSM out, or import the key into a token: -csp',
    });
  }
  for (const [one, other] of CONTRADICTIONS) {
    if (!flags.has(one) || !flags.has(other)) continue;
    throw hresult('ERROR_INVALID_PARAMETER', `${one} and ${other} at once.`, { hint: 'leave one of them out' });
  }
  refuseEpf(file);
}

/** Throws ERROR_NOT_SUPPORTED for an Entrust profile, which is known by its name alone before it is opened. */
export function refuseEpf(file: string): void {
  if (!/\.epf$/i.test(file)) return;
  throw hresult('ERROR_NOT_SUPPORTED', `${file}: Entrust profiles are not read here.`, {
    hint: 'Export the profile to a PFX in Entrust first.',
  });
}
