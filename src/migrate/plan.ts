/** What a move would do, as a value: printed before it is confirmed, kept in the journal while it is carried out. */
import type { Configuration } from '#ca/config/configuration';
import type { KeyProvInfo } from '#certstore/ports/certificate-store';
import { CRYPT_MACHINE_KEYSET } from '#certstore/ports/certificate-store';
import { attempt } from '#doctor/finding';
import { type OwnKey, type OwnKeys, publicKeyName } from '#doctor/own-keys';
import { HresultError, hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { KeySpec, KeyStorageProvider } from '#pki/crypto/key-provider';
import { currentHash, planSettings, type SettingChange } from './settings-plan.ts';

export interface KeyPlace {
  readonly provider: string;
  readonly container: string;
  readonly keySpec: KeySpec;
}

export interface KeyMove {
  readonly from: KeyPlace;
  readonly to: KeyPlace;
  /** DER SubjectPublicKeyInfo, lower-case hex. */
  readonly publicKey: string;
  readonly exportable: boolean;
  /** The key lies at its new place already, left over from an earlier try: it is used, and an undo leaves it. */
  readonly isThere: boolean;
}

export interface EntryChange {
  /** SHA-1 of the certificate, lower-case hex: its name in My. */
  readonly thumbprint: string;
  readonly index: number;
  readonly serialNumber: string;
  readonly before: KeyProvInfo;
  readonly after: KeyProvInfo;
}

export interface MigrationPlan {
  /** Name of the provider. */
  readonly to: string;
  /** `SHA1`: what the CA signs with afterwards. */
  readonly hash: string;
  readonly keys: readonly KeyMove[];
  /** In the order of CACertHash. */
  readonly entries: readonly EntryChange[];
  readonly settings: readonly SettingChange[];
  /** SHA-1 of the certificates whose keys the backup has: all but those that lie at their place already and may not leave it. */
  readonly backedUp: readonly string[];
}

export interface PlanOptions {
  /** As it is now where it is left out. */
  readonly hash?: string | undefined;
  /** The keys may not leave their new provider: there is no way back but the backup. */
  readonly noExport?: boolean | undefined;
}

/** Throws NTE_EXISTS where another key lies under every name that a key could have at its new place. */
export async function planMigration(
  { entries, keys }: OwnKeys,
  target: KeyStorageProvider,
  configuration: Configuration,
  engine: CryptoEngine,
  { hash, noExport = false }: PlanOptions,
): Promise<MigrationPlan> {
  const moves: KeyMove[] = [];
  const changes: EntryChange[] = [];
  for (const key of keys) {
    const move = key.provider === target.name ? undefined : await planKey(key, target, engine, noExport);
    if (move) moves.push(move);
    for (const { index, entry, serialNumber } of key.entries) {
      const before = entry.properties.keyProvInfo!;
      const { container, keySpec } = move?.to ?? key;
      const after = {
        container: move ? container : before.container,
        provider: target.name,
        providerType: target.type,
        flags: before.flags | CRYPT_MACHINE_KEYSET,
        keySpec,
      };
      if (!isSameInfo(before, after))
        changes.push({ thumbprint: entry.thumbprint, index, serialNumber, before, after });
    }
  }
  const newest = entries.at(-1);
  const publicKey = newest?.entry.certificate.tbsCertificate.subjectPublicKeyInfo.raw;
  const afterwards = hash ?? hashAfterwards(configuration, target);
  return {
    to: target.name,
    hash: afterwards,
    keys: moves,
    entries: changes.sort((a, b) => a.index - b.index),
    settings: publicKey ? planSettings(configuration, target, { hash: afterwards, publicKey }) : [],
    backedUp: keys.filter((key) => mayLeave(key)).flatMap((key) => key.entries.map(({ entry }) => entry.thumbprint)),
  };
}

export function mayLeave({ exportable, encryptedExport }: OwnKey): boolean {
  return exportable || encryptedExport;
}

/** A CNGHashAlgorithm that was set while a CSP ignored it comes into force. */
function hashAfterwards(configuration: Configuration, { type }: KeyStorageProvider): string {
  const set = type === 0 ? configuration.string('CNGHashAlgorithm', 'CSP') : undefined;
  return set?.toUpperCase().replace('-', '') ?? currentHash(configuration);
}

/** The container keeps its name, which is that of the CA; another one is made where somebody else's key has it. */
async function planKey(
  key: OwnKey,
  target: KeyStorageProvider,
  engine: CryptoEngine,
  noExport: boolean,
): Promise<KeyMove> {
  const { provider, container, keySpec } = key;
  const exportable = key.exportable && !noExport;
  const from = { provider, container, keySpec };
  const toSpec: KeySpec = target.type === 0 ? 0 : keySpec === 0 ? 2 : keySpec;
  const number = new DataView(engine.random(4).buffer).getUint32(0).toString(16).padStart(8, '0');
  // CSPs share their containers, whatever their names are.
  const names = key.isCsp && target.type !== 0 ? [] : [container];
  for (const name of [...names, `${container}-${number}`]) {
    const found = await lookAtPlace(target, name);
    const isThere = found !== undefined && isSameBytes(found, key.publicKey);
    if (found === undefined || isThere) {
      const to = { provider: target.name, container: name, keySpec: toSpec };
      return { from, to, publicKey: publicKeyName(key), exportable, isThere };
    }
  }
  throw hresult('NTE_EXISTS', `${target.name} has another key in ${container}.`, {
    hint: `certutil -csp "${target.name}" -key lists its keys; -delkey deletes one that nobody needs`,
  });
}

/** The public key that lies there; undefined where the place is free. Throws what the provider says of anything else. */
async function lookAtPlace(target: KeyStorageProvider, container: string): Promise<Uint8Array | undefined> {
  const key = await attempt(() => target.openKey(container, target.type === 0 ? 0 : undefined));
  if (key instanceof HresultError) {
    if (key.symbol !== 'NTE_BAD_KEYSET') throw key;
    return undefined;
  }
  key.close();
  return key.publicKey;
}

function isSameInfo(a: KeyProvInfo, b: KeyProvInfo): boolean {
  return (
    a.container === b.container &&
    a.provider === b.provider &&
    a.providerType === b.providerType &&
    a.flags === b.flags &&
    a.keySpec === b.keySpec
  );
}
