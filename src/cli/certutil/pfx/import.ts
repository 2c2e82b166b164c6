/** The keys and certificates of a PFX into providers and stores: all of them or, where anything fails, nothing. */
import {
  type CertificateProperties,
  type CertificateStore,
  CRYPT_MACHINE_KEYSET,
  type KeyProvInfo,
  type StoreEntry,
} from '#certstore/ports/certificate-store';
import { COMPUTED_PROPERTIES } from '#certstore/ports/property-ids';
import { HresultError, hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import type { KeyListing, KeySpec } from '#pki/crypto/key-provider';
import { isSamePublicKey } from '#pki/keyblob/public-key-match';
import { type PfxKeyPair, pairKeys } from '#pki/pkcs12/pair-keys';
import type { PfxCertificate, PfxContents, PfxKey } from '#pki/pkcs12/pfx-contents';
import { type Certificate, decodeCertificate, isSelfIssued } from '#pki/x509/certificate';
import { endsInRoot } from '#recover/chain';
import type { Console } from '../../io/console.ts';
import { certificateName } from '../store/certificate-name.ts';
import type { KeyPlace } from '../store/key-place.ts';
import { importContainer, importKeySpec, importPolicy, importProvider, type ProviderChoice } from './import-target.ts';
import type { ImportModifiers } from './modifiers.ts';

export interface ImportChoice extends ProviderChoice {
  readonly store: CertificateStore;
  readonly modifiers: ImportModifiers;
  /** The key's container; a new one with a GUID where it is left out. */
  container?(certificate: PfxCertificate | undefined): string;
  /** Replaces a key that is in the container already. */
  readonly overwrite?: boolean;
  /** A root that comes with its key is trusted as one that comes without. */
  readonly ownRoots?: boolean;
}

export interface ImportedCertificate {
  readonly name: string;
  readonly store: string;
  readonly result: 'added' | 'already in store';
}

export interface ImportedKey {
  readonly provider: string;
  readonly container: string;
  readonly keySpec: KeySpec;
}

export interface Imported {
  readonly keys: readonly ImportedKey[];
  readonly certificates: readonly ImportedCertificate[];
  /** Keys that the certificates had before, and that nothing removed: Windows leaves them too. */
  readonly leftKeys: readonly Pick<KeyProvInfo, 'provider' | 'container'>[];
}

/** Handles and key references of the machine the file was written on: they mean nothing here. */
const FOREIGN_PROPERTIES: ReadonlySet<number> = new Set([1, 2, 5, 6, 78, 79, 99, 100]);

/**
 * Each key first, then its certificates with their link to it, then the chain. The keys of `contents` stay the caller's to
 * wipe. Throws as the providers and stores do, with everything taken back that was done before.
 */
export function importPfx(contents: PfxContents, place: KeyPlace, choice: ImportChoice): Promise<Imported> {
  return new Import(place, choice).run(contents);
}

/** Beside the output, with the command that removes each. */
export function tellOfLeftKeys(console: Console, leftKeys: Imported['leftKeys'], isUser: boolean): void {
  const user = isUser ? '-user ' : '';
  for (const { provider, container } of leftKeys) {
    console.writeError(`The key that the certificate had before is still there: ${container}.\n`);
    console.writeError(`hint: certutil ${user}-csp "${provider}" -delkey "${container}" removes it\n`);
  }
}

class Import {
  readonly #place: KeyPlace;
  readonly #choice: ImportChoice;
  readonly #keys: ImportedKey[] = [];
  readonly #certificates: ImportedCertificate[] = [];
  readonly #replaced: { readonly info: KeyProvInfo; readonly certificate: Certificate }[] = [];
  readonly #undo: (() => Promise<unknown>)[] = [];

  constructor(place: KeyPlace, choice: ImportChoice) {
    this.#place = place;
    this.#choice = choice;
  }

  async run(contents: PfxContents): Promise<Imported> {
    const { pairs, others } = pairKeys(contents);
    const { flags } = this.#choice.modifiers;
    try {
      for (const pair of pairs) {
        requireOwnKey(pair, others);
        await this.#importPair(pair);
        for (const certificate of this.#choice.ownRoots ? pair.certificates : []) {
          if (await this.#isRoot(certificate)) await this.#addChainCertificate(certificate);
        }
      }
      if (!flags.has('NoCert') && !flags.has('NoChain')) {
        for (const certificate of others) await this.#addChainCertificate(certificate);
      }
    } catch (error) {
      await this.#takeBack();
      throw error;
    }
    return { keys: this.#keys, certificates: this.#certificates, leftKeys: await this.#leftKeys() };
  }

  async #importPair({ key, certificates }: PfxKeyPair): Promise<void> {
    const { modifiers, store } = this.#choice;
    const keyProvInfo = await this.#importKey(key, certificates[0]);
    if (modifiers.flags.has('NoCert')) return;
    const description = modifiers.values.get('KeyDescription');
    for (const certificate of certificates) {
      const friendlyName = modifiers.values.get('FriendlyName') ?? certificate.friendlyName;
      await this.#addCertificate(store, certificate, {
        keyProvInfo,
        ...(friendlyName === undefined ? {} : { friendlyName }),
        ...(description === undefined ? {} : { description }),
      });
    }
  }

  async #importKey(key: PfxKey, certificate: PfxCertificate | undefined): Promise<KeyProvInfo> {
    const { modifiers } = this.#choice;
    const provider = importProvider(key, this.#choice, this.#place.providers);
    const keySpec = importKeySpec(key, provider, modifiers);
    const container =
      this.#choice.container?.(certificate) ??
      importContainer(modifiers.values.get('KeyFriendlyName') ?? key.friendlyName, certificate);
    const policy = importPolicy(modifiers);
    const { overwrite = false } = this.#choice;
    const isThis = (other: KeyListing) =>
      other.container.toLowerCase() === container.toLowerCase() && other.keySpec === keySpec;
    const wasThere = (await provider.listKeys()).some(isThis);
    (await provider.importKey(key.pkcs8, { container, keySpec, policy, overwrite })).close();
    // A key that was replaced cannot be put back, and the new one is better than none.
    if (!wasThere) this.#undo.push(() => provider.deleteKey(container, keySpec));
    this.#keys.push({ provider: provider.name, container, keySpec });
    const flags = this.#place.isMachine ? CRYPT_MACHINE_KEYSET : 0;
    return { container, provider: provider.name, providerType: provider.type, flags, keySpec };
  }

  async #addChainCertificate(certificate: PfxCertificate): Promise<void> {
    const isRoot = await this.#isRoot(certificate);
    if (isRoot && this.#choice.modifiers.flags.has('NoRoot')) return;
    const { friendlyName } = certificate;
    const store = this.#place.stores.open(isRoot ? 'Root' : 'CA');
    await this.#addCertificate(store, certificate, friendlyName === undefined ? {} : { friendlyName });
  }

  async #isRoot({ certificate }: PfxCertificate): Promise<boolean> {
    const decoded = decodeCertificate(certificate);
    return isSelfIssued(decoded) && (await endsInRoot([decoded], this.#place.engine));
  }

  async #addCertificate(
    store: CertificateStore,
    { certificate, properties: extended }: PfxCertificate,
    properties: CertificateProperties,
  ): Promise<void> {
    const before = await findEntry(store, certificate);
    const result = await store.add(certificate, properties);
    this.#undo.push(() => putBack(store, certificate, before));
    if (result === 'added' && extended.size > 0) {
      const entry = (await findEntry(store, certificate))!;
      for (const [id, value] of extended) {
        if (!FOREIGN_PROPERTIES.has(id) && !COMPUTED_PROPERTIES.has(id)) await store.setPropertyBytes(entry, id, value);
      }
    }
    const info = before?.properties.keyProvInfo;
    const decoded = decodeCertificate(certificate);
    if (info && properties.keyProvInfo && info.container !== properties.keyProvInfo.container) {
      this.#replaced.push({ info, certificate: decoded });
    }
    this.#certificates.push({ name: certificateName(decoded), store: store.name, result });
  }

  /** Of the replaced ones those that are there, are the certificate's own, and that no other entry names. */
  async #leftKeys(): Promise<Imported['leftKeys']> {
    if (this.#replaced.length === 0) return [];
    const { stores, providers } = this.#place;
    const entries = (await Promise.all(stores.all.map((store) => store.list()))).flat();
    const left = new Map<string, Pick<KeyProvInfo, 'provider' | 'container'>>();
    for (const { info, certificate } of this.#replaced) {
      const { provider: name, container } = info;
      const isNamed = entries.some(
        ({ properties: { keyProvInfo } }) => keyProvInfo?.provider === name && keyProvInfo.container === container,
      );
      const keys = isNamed ? [] : ((await providers.all.find((served) => served.name === name)?.listKeys()) ?? []);
      const key = keys.find((one) => one.container === container);
      const publicKey = certificate.tbsCertificate.subjectPublicKeyInfo.raw;
      if (key && isSamePublicKey(key.publicKey, publicKey))
        left.set(`${name}\0${container}`, { provider: name, container });
    }
    return [...left.values()];
  }

  /** The last step first. A step that fails leaves something behind, and must not keep the others from being taken back. */
  async #takeBack(): Promise<void> {
    for (const undo of this.#undo.reverse()) {
      try {
        await undo();
      } catch (error) {
        if (!(error instanceof HresultError)) throw error;
      }
    }
  }
}

/** Throws NTE_BAD_KEY where the file joins a key and a certificate that do not belong together. */
function requireOwnKey({ key, certificates }: PfxKeyPair, others: readonly PfxCertificate[]): void {
  const { localKeyId } = key;
  if (certificates.length > 0 || localKeyId === undefined) return;
  if (!others.some((other) => other.localKeyId && isSameBytes(other.localKeyId, localKeyId))) return;
  throw hresult('NTE_BAD_KEY', 'The file joins a key to a certificate of another key.', {
    hint: 'certutil -dumpPFX shows what it holds; whoever wrote it exports it again',
  });
}

/** The entry of the store itself, not one it shows of the machine's. */
async function findEntry(store: CertificateStore, certificate: Uint8Array): Promise<StoreEntry | undefined> {
  const entries = await store.list();
  return entries.find((entry) => entry.physicalStore === '.Default' && isSameBytes(entry.certificate.raw, certificate));
}

async function putBack(
  store: CertificateStore,
  certificate: Uint8Array,
  before: StoreEntry | undefined,
): Promise<void> {
  const now = await findEntry(store, certificate);
  if (!now) return;
  if (!before) {
    await store.remove(now);
    return;
  }
  await store.setProperty(now, 'keyProvInfo', before.properties.keyProvInfo);
  await store.setProperty(now, 'friendlyName', before.properties.friendlyName);
  await store.setProperty(now, 'description', before.properties.description);
}
