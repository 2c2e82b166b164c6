import type { StoreEntry } from '#certstore/ports/certificate-store';
import { hresult, isHresult } from '#hresult/hresult-error';
import { encodePem } from '#pki/asn1/pem';
import { encodeCertsOnly } from '#pki/cms/certs-only';
import { wipe } from '#pki/crypto/engine';
import { openPfx } from '#pki/pkcs12/open';
import { formatName } from '#pki/x509/name-text';
import { chainOf, exportPfx } from '../../certutil/pfx/export.ts';
import type { EXPORT_MODIFIERS } from '../../certutil/pfx/modifiers.ts';
import { serializedStore } from '../../certutil/store/output-file.ts';
import type { Json } from '../../io/verb.ts';
import type { CommandContext } from '../context.ts';
import { deleteKeys } from './delete-key.ts';
import { newFilePassword } from './password.ts';
import { findEntries, openPlace, type Place, requireOne } from './place.ts';

/** The formats of the export wizard: PKCS #12, PKCS #7, serialized store, DER and Base64, as names of files tell them. */
const FORMATS = {
  pfx: /\.(?:pfx|p12)$/i,
  p7b: /\.(?:p7b|p7c|spc)$/i,
  sst: /\.sst$/i,
  der: /\.(?:cer|crt|der)$/i,
  base64: /\.(?:pem|b64|txt)$/i,
} as const;

type Format = keyof typeof FORMATS;

/**
 * `certhaven certificate export CERTID FILE`: with its key in a PFX, with or without the certificates above it, else without
 * key. With --delete-key the key goes once the file was written, opened again and found to hold it.
 */
export async function exportCertificate(context: CommandContext, certId: string, file: string): Promise<Json> {
  const { console, flag, option, out } = context;
  const format = formatOf(option('format'), file);
  refuseUnsuited(context, format);
  const place = await openPlace(context, option('in'));
  const store = place.stores.open(option('store') ?? 'My');
  const entries = await findEntries(store, certId, place);
  const overwrite = flag('force');
  await requireWritable(context, file);
  if (format === 'pfx') {
    const { pfx, certificates } = await pfxOf(context, entries, place, file);
    await console.writeFile(file, pfx, { overwrite, mode: 0o600 });
    if (flag('delete-key')) await deleteKeys(entries, place);
    tellExported(context, entries, file);
    if (flag('delete-key')) out('The private key was deleted: it is in the file only.');
    return { ...resultOf(store.name, entries, file), format, certificates, keyDeleted: flag('delete-key') };
  }
  const { content, certificates } =
    format === 'sst'
      ? { content: serializedStore(store, { certificates: entries, crls: [], ctls: [] }), certificates: entries.length }
      : await withoutKey(format, entries, place, context, certId);
  await console.writeFile(file, content, { overwrite });
  tellExported(context, entries, file);
  return { ...resultOf(store.name, entries, file), format, certificates };
}

/** Before anybody is asked for a password. Throws ERROR_FILE_EXISTS and what writing throws. */
async function requireWritable({ console, flag }: CommandContext, file: string): Promise<void> {
  try {
    await console.requireWritable(file, { overwrite: flag('force') });
  } catch (error) {
    if (!isHresult(error, 'ERROR_FILE_EXISTS')) throw error;
    throw hresult('ERROR_FILE_EXISTS', file, {
      hint: 'give another name, or --force to replace the file',
      cause: error,
    });
  }
}

/** Throws ERROR_INVALID_PARAMETER. */
function formatOf(typed: string | undefined, file: string): Format {
  const formats = Object.keys(FORMATS) as Format[];
  const found =
    typed === undefined
      ? formats.find((format) => FORMATS[format].test(file))
      : formats.find((format) => format === typed.toLowerCase());
  if (found) return found;
  throw hresult('ERROR_INVALID_PARAMETER', `In which format ${file} is to be written is not known.`, {
    hint: `--format ${formats.join('|')}`,
  });
}

/** Throws ERROR_INVALID_PARAMETER for an option that the format knows nothing of. */
function refuseUnsuited({ flag }: CommandContext, format: Format): void {
  const suited: Readonly<Record<string, readonly Format[]>> = {
    'no-chain': ['pfx'],
    chain: ['p7b'],
    'no-root': ['pfx', 'p7b'],
    'extended-properties': ['pfx'],
    'delete-key': ['pfx'],
    '3des': ['pfx'],
  };
  for (const [name, formats] of Object.entries(suited)) {
    if (!flag(name) || formats.includes(format)) continue;
    throw hresult('ERROR_INVALID_PARAMETER', `--${name} says nothing of the format ${format}.`, {
      hint: `it is for ${formats.join(' and ')}`,
    });
  }
}

async function pfxOf(
  context: CommandContext,
  entries: readonly StoreEntry[],
  place: Place,
  file: string,
): Promise<{ readonly pfx: Uint8Array; readonly certificates: number }> {
  const { flag } = context;
  const flags = new Set<(typeof EXPORT_MODIFIERS.flags)[number]>();
  if (flag('no-chain')) flags.add('NoChain');
  if (flag('no-root')) flags.add('NoRoot');
  if (flag('extended-properties')) flags.add('ExtendedProperties');
  const password = await newFilePassword(context, file);
  const algorithm = flag('3des') ? 'TripleDES_SHA1' : 'AES256_SHA256';
  const exported = await exportPfx(entries, place, place.keyProviders, { flags, algorithm, password });
  if (flag('delete-key')) await requireKeys(exported.pfx, password, exported.keys, place);
  return exported;
}

/** Throws where the file does not open, or holds another number of keys: nothing is deleted then. */
async function requireKeys(pfx: Uint8Array, password: string, count: number, { engine }: Place): Promise<void> {
  const { keys } = await openPfx(pfx, password, engine);
  wipe(...keys.map(({ pkcs8 }) => pkcs8));
  if (keys.length !== count) throw new TypeError(`a PFX of ${count} keys opened with ${keys.length}`);
}

async function withoutKey(
  format: Exclude<Format, 'pfx' | 'sst'>,
  entries: readonly StoreEntry[],
  place: Place,
  { flag }: CommandContext,
  certId: string,
): Promise<{ readonly content: Uint8Array; readonly certificates: number }> {
  if (format === 'p7b') {
    const above = flag('chain') ? await chainOf(entries, place, !flag('no-root')) : [];
    const all = [...entries.map(({ certificate }) => certificate.raw), ...above.map(({ raw }) => raw)];
    return { content: encodeCertsOnly(all), certificates: all.length };
  }
  const { raw } = requireOne(entries, certId).certificate;
  const content = format === 'der' ? raw : new TextEncoder().encode(encodePem('CERTIFICATE', raw));
  return { content, certificates: 1 };
}

function tellExported({ out }: CommandContext, entries: readonly StoreEntry[], file: string): void {
  for (const { certificate } of entries) out(`${formatName(certificate.tbsCertificate.subject)} exported to ${file}.`);
}

function resultOf(store: string, entries: readonly StoreEntry[], file: string) {
  return { store, entries: entries.map(({ index, thumbprint }) => ({ index, thumbprint })), file };
}
