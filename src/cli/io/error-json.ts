import { HRESULTS } from '#hresult/codes';
import type { HresultError } from '#hresult/hresult-error';
import { hintOf } from './hint.ts';
import type { Json } from './verb.ts';

/** An error as `--json` tells it. */
export function errorJson(error: HresultError): { readonly [key: string]: Json | undefined } {
  const { symbol, detail } = error;
  const code = `0x${error.hresult.toString(16).padStart(8, '0')}`;
  return { hresult: code, symbol, message: HRESULTS[symbol][1], detail, hint: hintOf(error) };
}
