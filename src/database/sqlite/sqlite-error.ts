import { HRESULTS, type HresultSymbol } from '#hresult/codes';
import { HresultError, hresult } from '#hresult/hresult-error';

/** Result codes of SQLite (https://www.sqlite.org/rescode.html), the extended ones first, as errors of the field. */
const SYMBOLS: Readonly<Record<number, HresultSymbol>> = {
  787: 'CERTSRV_E_PROPERTY_EMPTY', // SQLITE_CONSTRAINT_FOREIGNKEY: rows of a request that is not there
  1555: 'NTE_EXISTS', // SQLITE_CONSTRAINT_PRIMARYKEY
  2067: 'NTE_EXISTS', // SQLITE_CONSTRAINT_UNIQUE
  3: 'ERROR_ACCESS_DENIED', // SQLITE_PERM
  5: 'ERROR_SHARING_VIOLATION', // SQLITE_BUSY
  6: 'ERROR_SHARING_VIOLATION', // SQLITE_LOCKED
  7: 'ERROR_OUTOFMEMORY', // SQLITE_NOMEM
  8: 'ERROR_WRITE_PROTECT', // SQLITE_READONLY
  10: 'ERROR_GEN_FAILURE', // SQLITE_IOERR
  11: 'ERROR_INVALID_DATA', // SQLITE_CORRUPT
  13: 'ERROR_DISK_FULL', // SQLITE_FULL
  14: 'ERROR_PATH_NOT_FOUND', // SQLITE_CANTOPEN
  18: 'ERROR_INVALID_PARAMETER', // SQLITE_TOOBIG
  19: 'ERROR_INVALID_PARAMETER', // SQLITE_CONSTRAINT
  23: 'ERROR_ACCESS_DENIED', // SQLITE_AUTH
  26: 'ERROR_INVALID_DATA', // SQLITE_NOTADB
};

const CONSTRAINT_TRIGGER = 1811;

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') return undefined;
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined;
}

/** A fault of SQLite as an HresultError with it as the cause; anything else, our own errors and bugs, as it is. */
export function sqliteError(error: unknown, doing: string): unknown {
  const code = resultCode(error);
  if (code === undefined || error instanceof HresultError) return error;
  const message = (error as Error).message;
  if (code === CONSTRAINT_TRIGGER) {
    const [symbol, detail] = message.split(': ', 2);
    if (symbol !== undefined && symbol in HRESULTS) return hresult(symbol as HresultSymbol, detail, { cause: error });
  }
  const symbol = SYMBOLS[code] ?? SYMBOLS[code & 0xff] ?? 'E_FAIL';
  const hint = symbol === 'ERROR_INVALID_DATA' ? 'the file is damaged: restore it from a backup' : undefined;
  return hresult(symbol, `${doing}: ${message}.`, { hint, cause: error });
}

/** Runs it; what SQLite throws comes out as an HresultError. */
export function asHresult<T>(doing: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw sqliteError(error, doing);
  }
}
