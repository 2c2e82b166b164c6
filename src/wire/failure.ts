/** Faults over the network: an HresultError arrives as it was thrown, with its hint and the data of its kind. */
import { HRESULTS, type HresultSymbol } from '#hresult/codes';
import { type HresultError, hresult } from '#hresult/hresult-error';
import { Asn1Error } from '#pki/asn1/asn1-error';

/** What stands under `error` in an answer. */
export interface Failure {
  /** `0x80070005` */
  readonly hresult: string;
  readonly symbol: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  /** Of an Asn1Error: where the fault begins. The other kinds arise where keys and INF files are, at the caller's. */
  readonly offset?: number | undefined;
}

export function failureOf(error: HresultError): Failure {
  const { symbol, detail, hint } = error;
  const offset = error instanceof Asn1Error ? error.offset : undefined;
  return { hresult: `0x${error.hresult.toString(16).padStart(8, '0')}`, symbol, detail, hint, offset };
}

/** The error that was sent; RPC_S_CALL_FAILED for what is no failure. */
export function errorOf(failure: unknown): HresultError {
  const members = (typeof failure === 'object' && failure !== null ? failure : {}) as Record<string, unknown>;
  const { symbol, offset } = members;
  const detail = textOf(members['detail']);
  const hint = textOf(members['hint']);
  if (typeof symbol !== 'string') return hresult('RPC_S_CALL_FAILED', 'The service answered what is no answer.');
  if (!isSymbol(symbol)) return hresult('E_FAIL', `${symbol}. ${detail ?? ''}`, { hint });
  const place = ` at byte ${offset}.`;
  if (typeof offset === 'number' && detail?.endsWith(place))
    return new Asn1Error(symbol, offset, detail.slice(0, -place.length));
  return hresult(symbol, detail, { hint });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isSymbol(symbol: string): symbol is HresultSymbol {
  return Object.hasOwn(HRESULTS, symbol);
}
