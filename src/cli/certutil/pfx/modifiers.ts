/** The comma list of modifiers that ends -importPFX, -exportPFX and -MergePFX. Case does not count. */
import { hresult } from '#hresult/hresult-error';

export interface ModifierGrammar<Flag extends string, Key extends string> {
  readonly flags: readonly Flag[];
  /** Those of the form `Key=value`. */
  readonly keys: readonly Key[];
}

export interface Modifiers<Flag extends string, Key extends string> {
  readonly flags: ReadonlySet<Flag>;
  readonly values: ReadonlyMap<Key, string>;
}

export const IMPORT_MODIFIERS = {
  flags: [
    'AT_SIGNATURE',
    'AT_KEYEXCHANGE',
    'NoExport',
    'ExportEncrypted',
    'NoCert',
    'NoChain',
    'NoRoot',
    'NoProtect',
    'Protect',
    'ProtectHigh',
    'VSM',
    'Pkcs8',
  ],
  keys: ['FriendlyName', 'KeyDescription', 'KeyFriendlyName'],
} as const satisfies ModifierGrammar<string, string>;

export const EXPORT_MODIFIERS = {
  flags: ['NoChain', 'NoRoot', 'ExtendedProperties', 'NoEncryptCert', 'EncryptCert', 'ExportParameters'],
  keys: ['CryptoAlgorithm'],
} as const satisfies ModifierGrammar<string, string>;

export const MERGE_MODIFIERS = {
  flags: ['ExtendedProperties', 'NoEncryptCert', 'EncryptCert'],
  keys: [],
} as const satisfies ModifierGrammar<string, string>;

export type ImportModifiers = Modifiers<
  (typeof IMPORT_MODIFIERS.flags)[number],
  (typeof IMPORT_MODIFIERS.keys)[number]
>;
export type ExportModifiers = Modifiers<
  (typeof EXPORT_MODIFIERS.flags)[number],
  (typeof EXPORT_MODIFIERS.keys)[number]
>;

/** Whether a word can be such a list: certutil takes arguments before it that may be left out. */
export function isModifierList(text: string, grammar: ModifierGrammar<string, string>): boolean {
  return text.split(',').every((token) => find(token, grammar) !== undefined);
}

/** Throws ERROR_INVALID_PARAMETER for a word that is none. */
export function parseModifiers<Flag extends string, Key extends string>(
  text: string | undefined,
  grammar: ModifierGrammar<Flag, Key>,
): Modifiers<Flag, Key> {
  const flags = new Set<Flag>();
  const values = new Map<Key, string>();
  for (const token of text?.split(',') ?? []) {
    const found = find(token, grammar);
    if (!found) {
      throw hresult('ERROR_INVALID_PARAMETER', `"${token}" is no modifier.`, {
        hint: `Modifiers: ${[...grammar.flags, ...grammar.keys.map((key) => `${key}=`)].join(' ')}.`,
      });
    }
    if ('flag' in found) flags.add(found.flag);
    else values.set(found.key, found.value);
  }
  return { flags, values };
}

/** Whether certificates are sealed as the keys are. Throws ERROR_INVALID_PARAMETER for both modifiers at once. */
export function encryptsCertificates(flags: { has(flag: 'EncryptCert' | 'NoEncryptCert'): boolean }): boolean {
  const isReadable = flags.has('NoEncryptCert');
  if (!isReadable || !flags.has('EncryptCert')) return !isReadable;
  throw hresult('ERROR_INVALID_PARAMETER', 'EncryptCert and NoEncryptCert at once.', { hint: 'leave one of them out' });
}

function find<Flag extends string, Key extends string>(
  token: string,
  { flags, keys }: ModifierGrammar<Flag, Key>,
): { readonly flag: Flag } | { readonly key: Key; readonly value: string } | undefined {
  const [name, ...value] = token.trim().split('=');
  const isName = (known: string) => known.toLowerCase() === name!.trim().toLowerCase();
  const flag = value.length === 0 ? flags.find(isName) : undefined;
  if (flag) return { flag };
  const key = value.length > 0 ? keys.find(isName) : undefined;
  return key && { key, value: value.join('=') };
}
