/** Where the PIN of a token's user comes from. The configuration names the place; the PIN itself never stands in it. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { readWholeFile } from '#files/durable-file';
import { hresult } from '#hresult/hresult-error';

export type PinSource =
  /** A file that its owner alone may read; the first line is the PIN. */
  | { readonly file: string }
  /** An environment variable. */
  | { readonly environment: string }
  /** Whoever runs the command or the service is asked, once. */
  | { readonly prompt: true };

/** Asks at the terminal. Throws NTE_SILENT_CONTEXT where there is nobody to ask. */
export type AskPin = (token: string) => Promise<string>;

const FILE_LIMIT = 1024;

/**
 * The PIN of one token for the life of this process. A PIN that the token has refused is not tried again, however often it is
 * asked for: tokens lock after a few wrong ones, and a service would not stop asking.
 */
export class Pin {
  readonly #token: string;
  readonly #source: PinSource;
  readonly #ask: AskPin;
  #answered: Uint8Array | undefined;
  #lastTried: string | undefined;
  #refused: string | undefined;

  constructor(token: string, source: PinSource, ask: AskPin) {
    this.#token = token;
    this.#source = source;
    this.#ask = ask;
  }

  /**
   * A copy, for the callee to wipe. Throws ERROR_FILE_NOT_FOUND, ERROR_ACCESS_DENIED for a file others may read,
   * ERROR_ENVVAR_NOT_FOUND, NTE_SILENT_CONTEXT; SCARD_W_WRONG_CHV for one that was refused before.
   */
  async read(): Promise<Uint8Array> {
    const pin = await this.#obtain();
    const digest = createHash('sha256').update(pin).digest('hex');
    if (digest === this.#refused) {
      pin.fill(0);
      throw hresult('SCARD_W_WRONG_CHV', `The token ${this.#token} refused this PIN before; it is not tried again.`, {
        hint: `correct it ${placeOf(this.#source)}`,
      });
    }
    this.#lastTried = digest;
    return pin;
  }

  /** The token does not take what was read last. */
  refuse(): void {
    this.#refused = this.#lastTried;
    this.#answered?.fill(0);
    this.#answered = undefined;
  }

  async #obtain(): Promise<Uint8Array> {
    const source = this.#source;
    if ('file' in source) return readPinFile(source.file);
    if ('environment' in source) return fromEnvironment(source.environment);
    this.#answered ??= new TextEncoder().encode(await this.#ask(this.#token));
    return Uint8Array.from(this.#answered);
  }
}

function placeOf(source: PinSource): string {
  if ('file' in source) return `in ${source.file}`;
  return 'environment' in source ? `in the variable ${source.environment}, and start again` : 'when asked next';
}

function fromEnvironment(name: string): Uint8Array {
  const value = process.env[name];
  if (value !== undefined && value !== '') return new TextEncoder().encode(value);
  throw hresult('ERROR_ENVVAR_NOT_FOUND', `The PIN is to be in ${name}, which is not set.`, {
    hint: `set ${name} for the process that uses the token`,
  });
}

async function readPinFile(path: string): Promise<Uint8Array> {
  const content = await readWholeFile(path, FILE_LIMIT);
  if (content === undefined) {
    throw hresult('ERROR_FILE_NOT_FOUND', `${path}, which is to hold the PIN, is not there.`, {
      hint: 'write the PIN into that file, and let its owner alone read it: chmod 600',
    });
  }
  try {
    await requirePrivate(path);
    const end = content.findIndex((octet) => octet === 0x0a || octet === 0x0d);
    return content.slice(0, end < 0 ? content.length : end);
  } finally {
    content.fill(0);
  }
}

async function requirePrivate(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return;
  throw hresult('ERROR_ACCESS_DENIED', `${path} holds a PIN, and others than its owner may read it.`, {
    hint: `chmod 600 ${path}; then change the PIN, which others may have read`,
  });
}
