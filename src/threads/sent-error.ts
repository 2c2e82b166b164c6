/** Errors between threads: a structured clone keeps what an error says and loses its class. */
import type { HresultSymbol } from '#hresult/codes';
import { HresultError, hresult } from '#hresult/hresult-error';

export interface SentError {
  /** Undefined for an error that is none of ours: then it is the cause itself. */
  readonly hresult?: {
    readonly symbol: HresultSymbol;
    readonly detail: string | undefined;
    readonly hint: string | undefined;
  };
  readonly cause: unknown;
}

export function sendError(error: unknown): SentError {
  if (!(error instanceof HresultError)) return { cause: error };
  const { symbol, detail, hint, cause } = error;
  return { hresult: { symbol, detail, hint }, cause };
}

export function receiveError({ hresult: sent, cause }: SentError): unknown {
  return sent ? hresult(sent.symbol, sent.detail, { hint: sent.hint, cause }) : cause;
}
