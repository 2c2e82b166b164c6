import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { type CryptoEngine, wipe } from '#pki/crypto/engine';
import type {
  KeyListing,
  KeyPolicy,
  KeySpec,
  KeyStorageProvider,
  ProviderAlgorithm,
  ProviderKey,
} from '#pki/crypto/key-provider';
import { publicKeyAlgorithm } from '#pki/crypto/public-key-algorithm';
import { checkAlgorithm, checkContainer, checkKeySpec, missingContainer, takenContainer } from '../key-rules.ts';
import { type ProviderRow, tokenRow } from '../names.ts';
import { withChangeLock } from './change-lock.ts';
import { Pkcs11Key } from './pkcs11-key.ts';
import type { Token } from './token.ts';
import { keyIdOf } from './token-keys.ts';
import type { TokenKeyFields } from './token-operations.ts';
import { unwrapPrivateKey, WRAPPING_KEY_LENGTH, wrapPrivateKey } from './wrapped-key.ts';

const MISSING =
  'certhaven ksputil enumkeys -a lists the keys of every owner: it may be another one now; a key that is gone comes back from a backup of the device';

export interface Pkcs11ProviderOptions {
  readonly name: string;
  readonly token: Token;
  readonly machineKeyset: boolean;
  /**
   * Whose keys these are: the SID of the machine or the user, which labels begin with (`SID/container`), for CKA_ID tells no
   * owner. Empty where labels are containers as they stand. A function makes it with the first key: until then there is none.
   */
  readonly owner: string | (() => Promise<string>);
  readonly engine: CryptoEngine;
  /** A folder of the machine, for `withChangeLock`. */
  readonly locks: string;
}

/** A key storage provider over one owner's keys in a token. */
export class Pkcs11Provider implements KeyStorageProvider {
  readonly name: string;
  readonly type = 0;
  readonly machineKeyset: boolean;
  readonly ciphers: ProviderRow['ciphers'];
  readonly #row: ProviderRow;
  readonly #token: Token;
  #owner: string | undefined;
  readonly #makeOwner: () => Promise<string>;
  readonly #engine: CryptoEngine;
  readonly #locks: string;

  constructor({ name, token, machineKeyset, owner, engine, locks }: Pkcs11ProviderOptions) {
    this.#row = tokenRow(name);
    this.name = name;
    this.machineKeyset = machineKeyset;
    this.ciphers = this.#row.ciphers;
    this.#token = token;
    this.#owner = typeof owner === 'string' ? owner : undefined;
    this.#makeOwner = typeof owner === 'string' ? async () => owner : owner;
    this.#engine = engine;
    this.#locks = locks;
  }

  /** Throws also what the token throws: SCARD_E_WRITE_TOO_MANY and the like. */
  async createKey(wanted: {
    readonly container: string;
    readonly algorithm: ProviderAlgorithm;
    readonly keySpec: KeySpec;
    readonly policy: KeyPolicy;
  }): Promise<ProviderKey> {
    const { container, algorithm, policy } = wanted;
    checkContainer(container);
    checkKeySpec(this.#row, wanted.keySpec);
    requirePolicy(this.name, policy);
    checkAlgorithm(this.#row, wanted.keySpec, algorithm);
    if (algorithm.type === 'rsa') await this.#requireLength(algorithm.modulusLength);
    return this.#alone(async () => {
      await this.#refuseTaken(container);
      const leavesOnce = policy.archivable && !policy.exportable;
      const wrappingKey = leavesOnce ? this.#engine.random(WRAPPING_KEY_LENGTH) : undefined;
      try {
        const label = await this.#newLabel(container);
        const { key, wrapped } = await this.#token.operate('generateKey', label, algorithm, {
          ...leaves(policy),
          ...(wrappingKey && { wrappingKey }),
        });
        const archive = wrapped && wrappingKey && unwrapPrivateKey(wrapped, wrappingKey, key.publicKey);
        return this.#handle(key, archive);
      } finally {
        wipe(wrappingKey);
      }
    });
  }

  async importKey(
    pkcs8: Uint8Array,
    wanted: {
      readonly container: string;
      readonly keySpec: KeySpec;
      readonly policy: KeyPolicy;
      readonly overwrite?: boolean;
    },
  ): Promise<ProviderKey> {
    const { container, policy } = wanted;
    checkContainer(container);
    checkKeySpec(this.#row, wanted.keySpec);
    requirePolicy(this.name, policy);
    // The engine finds what does not hold together, and computes the point of a key that comes without it.
    const own = await this.#engine.importPrivateKey(pkcs8);
    const { publicKey } = own;
    const whole = await own.exportPkcs8();
    own.destroy();
    const wrappingKey = this.#engine.random(WRAPPING_KEY_LENGTH);
    try {
      checkAlgorithm(this.#row, wanted.keySpec, publicKeyAlgorithm(publicKey));
      return await this.#alone(async () => {
        const replaced = wanted.overwrite ? await this.#find(container) : [];
        if (!wanted.overwrite) await this.#refuseTaken(container);
        const label = await this.#newLabel(container);
        const key = { label, id: keyIdOf(publicKey), publicKey, ...leaves(policy) };
        await this.#token.operate('importKey', key, wrapPrivateKey(whole, wrappingKey), wrappingKey, replaced);
        return this.#handle(key, policy.archivable && !policy.exportable ? whole.slice() : undefined);
      });
    } finally {
      wipe(whole, wrappingKey);
    }
  }

  async openKey(container: string, keySpec?: KeySpec): Promise<ProviderKey> {
    const found = await this.#find(container);
    if (found.length === 0) throw missingContainer(this.name, container, MISSING);
    if (keySpec !== undefined && keySpec !== 0) {
      throw hresult('NTE_NO_KEY', `The container ${container} holds no key of KeySpec ${keySpec}.`);
    }
    const [key, other] = found;
    // Tokens take any number of keys of one name, from whatever program.
    if (other !== undefined) {
      throw hresult(
        'NTE_KEYSET_ENTRY_BAD',
        `The token ${this.#token.label} holds ${found.length} keys ${key!.label}.`,
        {
          hint: 'rename or delete all but one of them: pkcs11-tool --list-objects shows their identifiers',
        },
      );
    }
    return this.#handle(key!, undefined);
  }

  async listContainers(): Promise<readonly string[]> {
    return [...new Set((await this.listKeys()).map(({ container }) => container))];
  }

  async listKeys(): Promise<readonly KeyListing[]> {
    const keys = (await this.#find()).map((key) => ({
      container: this.#containerOf(key),
      uniqueName: formatHex(key.id),
      keySpec: 0 as const,
      publicKey: key.publicKey,
      exportable: key.extractable && !key.sensitive,
      encryptedExport: key.extractable && key.sensitive,
      protection: undefined,
      modified: undefined,
    }));
    return keys
      .filter(({ container }) => container !== '')
      .sort((a, b) => (a.container === b.container ? 0 : a.container < b.container ? -1 : 1));
  }

  async deleteKey(container: string): Promise<void> {
    await this.#alone(async () => {
      const found = await this.#find(container);
      if (found.length === 0) throw missingContainer(this.name, container, MISSING);
      for (const key of found) await this.#token.operate('deleteKey', key);
    });
  }

  #containerOf({ label }: TokenKeyFields): string {
    return label.slice(this.#owner ? this.#owner.length + 1 : 0);
  }

  /** The owner's keys, or those of one container: names are compared without regard to case, as Windows does. */
  async #find(container?: string): Promise<readonly TokenKeyFields[]> {
    if (this.#owner === undefined) return [];
    return this.#token.operate('listKeys', this.#owner === '' ? '' : `${this.#owner}/`, container);
  }

  async #newLabel(container: string): Promise<string> {
    this.#owner ??= await this.#makeOwner();
    return this.#owner === '' ? container : `${this.#owner}/${container}`;
  }

  async #refuseTaken(container: string): Promise<void> {
    if ((await this.#find(container)).length > 0) throw takenContainer(container);
  }

  /** Nobody else of this machine changes the token meanwhile: what was looked for is still so when it is written. */
  #alone<T>(change: () => Promise<T>): Promise<T> {
    return this.#token.inTurn(() => withChangeLock(this.#locks, this.#token.label, change));
  }

  async #requireLength(bits: number): Promise<void> {
    const { minimum, maximum } = await this.#token.operate('rsaLengths');
    if (bits >= minimum && bits <= maximum) return;
    throw hresult(
      'ERROR_INVALID_PARAMETER',
      `${bits} bits; the token ${this.#token.label} makes RSA keys of ${minimum} to ${maximum} bits.`,
    );
  }

  #handle(key: TokenKeyFields, archive: Uint8Array | undefined): ProviderKey {
    return new Pkcs11Key({
      provider: this.name,
      container: this.#containerOf(key),
      machineKeyset: this.machineKeyset,
      token: this.#token,
      engine: this.#engine,
      key,
      archive,
    });
  }
}

/** A key that may leave in clear is not sensitive; tokens that have no such keys refuse to make one. */
function leaves({ exportable, encryptedExport = false }: KeyPolicy): Pick<TokenKeyFields, 'extractable' | 'sensitive'> {
  return { extractable: exportable || encryptedExport, sensitive: !exportable };
}

/** Throws NTE_NOT_SUPPORTED: a token asks for the one PIN it has. */
function requirePolicy(name: string, { protection }: KeyPolicy): void {
  if (protection === undefined) return;
  throw hresult('NTE_NOT_SUPPORTED', `${name} has no passwords for single keys.`, {
    hint: 'leave strong protection out: the PIN of the token protects the key',
  });
}
