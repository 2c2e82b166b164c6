import type { CryptoEngine } from '#pki/crypto/engine';
import type { KeyStorageProvider } from '#pki/crypto/key-provider';
import { ModuleThreads } from './module-threads.ts';
import { type AskPin, Pin } from './pin.ts';
import { Pkcs11Provider, type Pkcs11ProviderOptions } from './pkcs11-provider.ts';
import { Token } from './token.ts';
import { DEFAULT_TIMEOUT, type TokenSettings } from './token-settings.ts';

/** The modules and tokens of this process, each opened once, whoever's keys are asked for; nothing is loaded before a key is. */
export class Pkcs11Modules {
  readonly #engine: CryptoEngine;
  readonly #ask: AskPin;
  readonly #locks: string;
  readonly #threads = new Map<string, ModuleThreads>();
  readonly #tokens = new Map<string, Token>();

  /** `locks` is a folder of the machine, for `withChangeLock`. */
  constructor(engine: CryptoEngine, ask: AskPin, locks: string) {
    this.#engine = engine;
    this.#ask = ask;
    this.#locks = locks;
  }

  /** `owner` is the SID whose keys they are, where the settings name no other. */
  provider(settings: TokenSettings, machineKeyset: boolean, owner: Pkcs11ProviderOptions['owner']): KeyStorageProvider {
    const { name } = settings;
    const token = this.token(settings);
    return new Pkcs11Provider({
      name,
      token,
      machineKeyset,
      owner: settings.owner ?? owner,
      engine: this.#engine,
      locks: this.#locks,
    });
  }

  token(settings: Pick<TokenSettings, 'module' | 'token' | 'pin' | 'sessions' | 'timeout'>): Token {
    const { module, token: label, pin, sessions, timeout = DEFAULT_TIMEOUT } = settings;
    const key = JSON.stringify([module, label, pin]);
    let token = this.#tokens.get(key);
    if (token === undefined) {
      const threads = this.#threads.get(module) ?? new ModuleThreads(module, sessions);
      this.#threads.set(module, threads);
      token = new Token(label, threads, new Pin(label, pin, this.#ask), timeout);
      this.#tokens.set(key, token);
    }
    return token;
  }

  /** Ends the threads, and with them the sessions. */
  async close(): Promise<void> {
    await Promise.all([...this.#threads.values()].map((threads) => threads.close()));
  }
}
