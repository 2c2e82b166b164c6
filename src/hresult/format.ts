/**
 * Codes as certutil of Windows Server 2019 prints them, and as people type them. Ranges and forms are those of published
 * transcripts; the INF form is assumed.
 */
import { HRESULTS, type HresultSymbol } from './codes.ts';

const WIN32 = 0x80070000;

const bySymbol: ReadonlyMap<number, HresultSymbol> = new Map(
  // The last entry of a key stands in a Map, and the first row of the table is the name to print.
  Object.entries(HRESULTS)
    .map(([symbol, [code]]) => [code, symbol as HresultSymbol] as const)
    .reverse(),
);

/** The Win32 error a code holds: that of HRESULT_FROM_WIN32, or a bare number such as `-error 122`. */
function win32Of(code: number): number | undefined {
  if (code < 0x10000) return code;
  return code - (code % 0x10000) === WIN32 ? code % 0x10000 : undefined;
}

/** The published constant of a code, unsigned; a bare Win32 number is found under its HRESULT. */
export function symbolOf(code: number): HresultSymbol | undefined {
  const win32 = win32Of(code);
  return bySymbol.get(win32 ? WIN32 + win32 : (win32 ?? code));
}

/** The text Windows prints for a code; undefined where the table has none. */
export function messageText(code: number): string | undefined {
  const symbol = symbolOf(code);
  return symbol && HRESULTS[symbol][1];
}

/**
 * `0x8009000b (-2146893813 NTE_BAD_KEY_STATE)`, `0x80070057 (WIN32: 87 ERROR_INVALID_PARAMETER)`,
 * `0x8009310b (ASN: 267 CRYPT_E_ASN1_BADTAG)`, `0xc8000230 (ESE: -560 JET_errMissingFullBackup)`: the kind, the number of
 * that kind and the constant, which is left out where the table has none. `code` is unsigned.
 */
export function formatHresult(code: number): string {
  const symbol = code === 0 ? 'ERROR_SUCCESS' : symbolOf(code);
  return `0x${code.toString(16)} (${kindAndNumber(code)}${symbol ? ` ${symbol}` : ''})`;
}

function kindAndNumber(code: number): string {
  const win32 = win32Of(code);
  if (win32 !== undefined) return `WIN32: ${win32}`;
  // ASN.1 faults count from CRYPT_E_OSS_ERROR, 0x80093000, up to CRYPT_E_ASN1_NOEOD and a little over.
  if (code >= 0x80093000 && code < 0x80093400) return `ASN: ${code - 0x80093000}`;
  if (code >= 0xc8000000 && code < 0xc8010000) return `ESE: -${code - 0xc8000000}`;
  if (code >= 0xe0000000 && code < 0xe0010000) return `INF: ${code | 0}`;
  return String(code | 0);
}

/**
 * A code as a person writes it: `0x80070057`, `2147942487`, `-2147024809`, or eight hexadecimal digits with a letter among
 * them, `8009000b`. Answers it unsigned; undefined for anything else, also for what 32 bits do not hold.
 */
export function parseHresult(text: string): number | undefined {
  const isBareHex = /^[0-9a-f]{8}$/i.test(text) && /[a-f]/i.test(text);
  if (!isBareHex && !/^(?:0x[0-9a-f]+|-?[0-9]+)$/i.test(text)) return undefined;
  const value = isBareHex ? Number.parseInt(text, 16) : Number(text);
  return value >= -0x80000000 && value <= 0xffffffff ? value >>> 0 : undefined;
}
