/** One thread's session with a token. */
import { hresult } from '#hresult/hresult-error';
import {
  type Attribute,
  CKA,
  CKF_RW_SESSION,
  CKF_SERIAL_SESSION,
  CKO,
  CKS_RW_USER_FUNCTIONS,
  CKU_USER,
  type Cryptoki,
  type Handle,
} from './cryptoki.ts';
import { CKR, cryptokiError, isReturnValue } from './return-value.ts';
import type { KeyName } from './token-operations.ts';

/** The token, or the session with it, is gone. */
export class TokenLost extends Error {
  override readonly cause: unknown;

  constructor(cause: unknown) {
    super('The token is gone.');
    this.cause = cause;
  }
}

const LOST = [
  CKR.DEVICE_ERROR,
  CKR.DEVICE_REMOVED,
  // What an operation that failed left behind: another session is free of it.
  CKR.OPERATION_ACTIVE,
  CKR.SESSION_CLOSED,
  CKR.SESSION_HANDLE_INVALID,
  CKR.TOKEN_NOT_PRESENT,
  CKR.TOKEN_NOT_RECOGNIZED,
  CKR.CRYPTOKI_NOT_INITIALIZED,
];

/** Objects asked for at a time; a token answers as many as it likes. */
const FOUND_AT_A_TIME = 100;

export class TokenSession {
  readonly cryptoki: Cryptoki;
  readonly token: string;
  readonly slot: Handle;
  readonly handle: Handle;
  readonly #beat: () => void;
  readonly #privateKeys = new Map<string, Handle>();

  private constructor(cryptoki: Cryptoki, token: string, slot: Handle, beat: () => void) {
    this.cryptoki = cryptoki;
    this.#beat = beat;
    this.token = token;
    this.slot = slot;
    this.handle = this.call('C_OpenSession', () => cryptoki.C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION));
  }

  /** `beat` is told of each call into the module. Throws TokenLost with NTE_DEVICE_NOT_READY where no slot holds that token. */
  static open(cryptoki: Cryptoki, token: string, beat: () => void): TokenSession {
    const slot = slots(cryptoki).find((candidate) => {
      beat();
      return labelIn(cryptoki, candidate) === token;
    });
    if (slot === undefined) throw new TokenLost(absent(token));
    return new TokenSession(cryptoki, token, slot, beat);
  }

  /** Runs one function of the module. Throws its return value as an HRESULT, or TokenLost. */
  call<T>(name: string, run: () => T): T {
    this.#beat();
    try {
      return run();
    } catch (error) {
      const told = cryptokiError(error, `${name}, token ${this.token}`);
      if (isReturnValue(error, ...LOST)) throw new TokenLost(told);
      // SoftHSM and others have no better word for a token whose files or wire are gone.
      if (isReturnValue(error, CKR.GENERAL_ERROR) && !this.isPresent()) throw new TokenLost(absent(this.token));
      throw told;
    }
  }

  isPresent(): boolean {
    return labelIn(this.cryptoki, this.slot) === this.token;
  }

  requirePresent(): void {
    if (!this.isPresent()) throw new TokenLost(absent(this.token));
  }

  /** A login holds for all sessions of the process with the token. */
  isLoggedIn(): boolean {
    const { state } = this.call('C_GetSessionInfo', () => this.cryptoki.C_GetSessionInfo(this.handle));
    return state === CKS_RW_USER_FUNCTIONS;
  }

  /** Throws SCARD_W_WRONG_CHV, SCARD_W_CHV_BLOCKED. */
  logIn(pin: string): void {
    this.call('C_Login', () => {
      try {
        this.cryptoki.C_Login(this.handle, CKU_USER, pin);
      } catch (error) {
        if (!isReturnValue(error, CKR.USER_ALREADY_LOGGED_IN)) throw error;
      }
    });
  }

  find(template: readonly Attribute[]): Handle[] {
    const { cryptoki, handle } = this;
    return this.call('C_FindObjects', () => {
      cryptoki.C_FindObjectsInit(handle, template);
      try {
        const found: Handle[] = [];
        for (;;) {
          const more = cryptoki.C_FindObjects(handle, FOUND_AT_A_TIME);
          if (more.length === 0) return found;
          found.push(...more);
        }
      } finally {
        cryptoki.C_FindObjectsFinal(handle);
      }
    });
  }

  /** Undefined for what the object does not have. */
  attribute(object: Handle, type: number): Buffer | undefined {
    return this.call('C_GetAttributeValue', () => {
      try {
        return this.cryptoki.C_GetAttributeValue(this.handle, object, [{ type }])[0]?.value;
      } catch (error) {
        if (isReturnValue(error, CKR.ATTRIBUTE_TYPE_INVALID)) return undefined;
        throw error;
      }
    });
  }

  /** The same of several, by one call where the object has them all: a device may be a network away. */
  attributes(object: Handle, ...types: readonly number[]): (Buffer | undefined)[] {
    this.#beat();
    try {
      const template = types.map((type) => ({ type }));
      return this.cryptoki.C_GetAttributeValue(this.handle, object, template).map(({ value }) => value);
    } catch {
      return types.map((type) => this.attribute(object, type));
    }
  }

  /** Undefined where another program destroys the object meanwhile. */
  unlessGone<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (isObjectGone(error)) return undefined;
      throw error;
    }
  }

  set(object: Handle, template: readonly Attribute[]): void {
    this.call('C_SetAttributeValue', () => this.cryptoki.C_SetAttributeValue(this.handle, object, template));
  }

  destroy(object: Handle): void {
    this.call('C_DestroyObject', () => this.cryptoki.C_DestroyObject(this.handle, object));
  }

  /** Takes away what an operation that failed has made, as far as that can be done. */
  discard(...objects: readonly Handle[]): void {
    for (const object of objects) {
      try {
        this.destroy(object);
      } catch {
        // What the operation failed with says more.
      }
    }
  }

  /**
   * Works with a private key. Throws NTE_BAD_KEYSET where the token has none of that name, TokenLost where it had one before:
   * a token that was taken out and put back knows its keys only once the module looks again.
   */
  withPrivateKey<T>(name: KeyName, work: (key: Handle) => T): T {
    const cached = this.#privateKeys.get(nameOf(name));
    if (cached !== undefined) {
      try {
        return work(cached);
      } catch (error) {
        if (!isObjectGone(error)) throw error;
        this.#privateKeys.delete(nameOf(name));
      }
    }
    const key = this.findPrivateKey(name);
    if (key === undefined) {
      const missing = hresult('NTE_BAD_KEYSET', `The token ${this.token} holds no key ${name.label}.`, {
        hint: 'certutil -csp PROVIDER -key lists the keys that are there',
      });
      if (cached !== undefined || !this.isPresent()) throw new TokenLost(missing);
      throw missing;
    }
    this.#privateKeys.set(nameOf(name), key);
    return work(key);
  }

  /** After objects were destroyed: their handles may come again for others. */
  forgetHandles(): void {
    this.#privateKeys.clear();
  }

  /** Whether a handle of that key is at hand, as it is only for who has logged in. */
  hasPrivateKey(name: KeyName): boolean {
    return this.#privateKeys.has(nameOf(name));
  }

  findPrivateKey({ label, id }: KeyName): Handle | undefined {
    return this.find([
      { type: CKA.CLASS, value: CKO.PRIVATE_KEY },
      { type: CKA.LABEL, value: label },
      { type: CKA.ID, value: Buffer.from(id) },
    ])[0];
  }

  close(): void {
    try {
      this.cryptoki.C_CloseSession(this.handle);
    } catch {
      // It went with its token.
    }
  }
}

function isObjectGone(error: unknown): boolean {
  return error instanceof Error && isReturnValue(error.cause, CKR.KEY_HANDLE_INVALID, CKR.OBJECT_HANDLE_INVALID);
}

function nameOf({ label, id }: KeyName): string {
  return `${Buffer.from(id).toString('hex')} ${label}`;
}

function slots(cryptoki: Cryptoki): Handle[] {
  try {
    return cryptoki.C_GetSlotList(true);
  } catch (error) {
    throw new TokenLost(cryptokiError(error, 'C_GetSlotList'));
  }
}

/** Undefined for a slot whose token does not answer. */
function labelIn(cryptoki: Cryptoki, slot: Handle): string | undefined {
  try {
    return unpadded(cryptoki.C_GetTokenInfo(slot).label);
  } catch {
    return undefined;
  }
}

/** Texts of Cryptoki fill their field with blanks. */
export function unpadded(text: string): string {
  return text.replace(/[\0 ]+$/, '');
}

function absent(token: string): Error {
  return hresult('NTE_DEVICE_NOT_READY', `No slot holds a token with the label ${token}.`, {
    hint: 'pkcs11-tool --module MODULE -L lists the tokens that are there; insert or start the one that is wanted',
  });
}
