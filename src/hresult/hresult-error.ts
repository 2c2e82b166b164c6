/**
 * The error language of every tier: an HRESULT with its published symbol.
 * A denied or pending request is a returned disposition, never one of these.
 */
import { HRESULTS, type HresultSymbol } from './codes.ts';

export class HresultError extends Error {
  /** The published constant, e.g. `CERTSRV_E_NO_VALID_KRA`; narrows in a `switch`. */
  readonly symbol: HresultSymbol;
  /** The code as an unsigned 32-bit number, e.g. 0x8009400b. */
  readonly hresult: number;
  /** What exactly was wrong, in our words; never holds key bytes or passwords. */
  readonly detail: string | undefined;
  /** What the reader can do about it, in one line. */
  readonly hint: string | undefined;

  constructor(symbol: HresultSymbol, detail?: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    const [code, text] = HRESULTS[symbol];
    super(detail ? `${text} ${detail}` : text, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HresultError';
    this.symbol = symbol;
    this.hresult = code;
    this.detail = detail;
    this.hint = options.hint;
  }
}

/** `throw hresult('NTE_BAD_KEY', 'the blob holds another modulus')`: builds the error, does not throw it. */
export function hresult(
  symbol: HresultSymbol,
  detail?: string,
  options: { hint?: string | undefined; cause?: unknown } = {},
): HresultError {
  return new HresultError(symbol, detail, options);
}

/** True for an error that carries this symbol. */
export function isHresult(error: unknown, symbol: HresultSymbol): error is HresultError {
  return error instanceof HresultError && error.symbol === symbol;
}
