import type { HresultSymbol } from '#hresult/codes';
import { type HresultError, hresult } from '#hresult/hresult-error';

/** Return values that are acted on, PKCS #11 v2.40 Base Specification §5.1. */
export const CKR = {
  GENERAL_ERROR: 0x005,
  ARGUMENTS_BAD: 0x007,
  ATTRIBUTE_TYPE_INVALID: 0x012,
  DATA_INVALID: 0x020,
  DATA_LEN_RANGE: 0x021,
  DEVICE_ERROR: 0x030,
  DEVICE_REMOVED: 0x032,
  ENCRYPTED_DATA_INVALID: 0x040,
  ENCRYPTED_DATA_LEN_RANGE: 0x041,
  KEY_HANDLE_INVALID: 0x060,
  MECHANISM_INVALID: 0x070,
  MECHANISM_PARAM_INVALID: 0x071,
  OBJECT_HANDLE_INVALID: 0x082,
  OPERATION_ACTIVE: 0x090,
  SESSION_CLOSED: 0x0b0,
  SESSION_COUNT: 0x0b1,
  SESSION_HANDLE_INVALID: 0x0b3,
  TOKEN_NOT_PRESENT: 0x0e0,
  TOKEN_NOT_RECOGNIZED: 0x0e1,
  USER_ALREADY_LOGGED_IN: 0x100,
  USER_NOT_LOGGED_IN: 0x101,
  CRYPTOKI_NOT_INITIALIZED: 0x190,
  CRYPTOKI_ALREADY_INITIALIZED: 0x191,
} as const;

/** The return value an error of pkcs11js carries; undefined for an error of another kind. */
export function returnValue(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'number' && code > 0) return code;
  // Some of its functions throw the bare text, and with it values that it has no name for.
  const written = /\bCKR_\w+:(\d+)/.exec(error.message);
  return written ? Number(written[1]) : undefined;
}

export function isReturnValue(error: unknown, ...values: readonly number[]): boolean {
  const value = returnValue(error);
  return value !== undefined && values.includes(value);
}

type Row = readonly [values: readonly number[], symbol: HresultSymbol, hint?: string];

const NOT_PRESENT = 'see that the token is there (pkcs11-tool --module MODULE -L lists them) and try again';

/** What a caller of a key storage provider is told. */
const ROWS: readonly Row[] = [
  [[0x02], 'NTE_NO_MEMORY'],
  [[0x07, 0x12, 0x13, 0xd0, 0xd1], 'NTE_INVALID_PARAMETER', 'the token takes no such key; name another algorithm'],
  [[0x10, 0x1b, 0xb5], 'NTE_PERM', 'the object or the token may not be changed'],
  [[0xe2], 'ERROR_WRITE_PROTECT', 'the token takes no changes'],
  [[0x11, 0x69, 0x6a], 'NTE_BAD_KEY_STATE', 'the key was made to stay in its token'],
  [[0x30], 'NTE_PROVIDER_DLL_FAIL', 'the device failed; its own log says why'],
  // The code that document 004, "Smart Card Support", has for a card without room for a key recovery agent's key.
  [[0x31], 'SCARD_E_WRITE_TOO_MANY', 'delete keys that are no longer needed, or use a token with more memory'],
  [[0x32, 0xe0, 0xe1], 'NTE_DEVICE_NOT_READY', NOT_PRESENT],
  [[0x54, 0x70, 0x71], 'NTE_NOT_SUPPORTED', 'pkcs11-tool --module MODULE -M lists what the token can do'],
  [[0x60, 0x82], 'NTE_BAD_KEYSET'],
  [[0x62], 'ERROR_INVALID_PARAMETER', 'pkcs11-tool --module MODULE -M lists the lengths that the token has keys of'],
  [[0x63, 0x130, 0x140], 'NTE_BAD_ALGID'],
  [[0x68], 'NTE_BAD_KEY', 'the key was made for another use'],
  [
    [0xa0, 0xa1, 0xa2],
    'SCARD_W_WRONG_CHV',
    'correct the PIN before the next attempt: many tokens lock after a few wrong ones',
  ],
  [[0xa3], 'NTE_PASSWORD_CHANGE_REQUIRED', "give the token's user a new PIN with the tool of its maker"],
  [[0xa4], 'SCARD_W_CHV_BLOCKED', 'have the security officer of the token unlock it: pkcs11-tool --init-pin'],
  [
    [0xb1],
    'SCARD_E_SHARING_VIOLATION',
    'end other programs that use the token, or set fewer sessions (certhaven provider add --sessions)',
  ],
  [[0xb0, 0xb3, 0x190], 'NTE_INVALID_HANDLE'],
  [[0x101, 0x104, 0x105], 'NTE_PERM'],
  [[0x102], 'NTE_PERM', 'the token has no user PIN yet: pkcs11-tool --init-pin'],
];

/** What the fault is called; `what` is what was being done. Anything but an error of Cryptoki is passed on as it is. */
export function cryptokiError(error: unknown, what: string): unknown {
  const value = returnValue(error);
  if (value === undefined || !(error instanceof Error)) return error;
  const [, symbol, hint] = ROWS.find(([values]) => values.includes(value)) ?? [[], 'NTE_FAIL' as const];
  return faultOf(
    symbol,
    error,
    what,
    hint ?? (symbol === 'NTE_FAIL' ? "the module's own log may say more" : undefined),
  );
}

/** The same for what a module that cannot begin to work says. */
export function initializationError(error: unknown, modulePath: string): unknown {
  if (returnValue(error) === undefined) return error;
  return faultOf('NTE_PROVIDER_DLL_FAIL', error as Error, `${modulePath} did not start`, INITIALIZATION_HINT);
}

const INITIALIZATION_HINT =
  'see that its device is there, and its configuration readable (SoftHSM: the file of SOFTHSM2_CONF and the folder of tokens)';

function faultOf(symbol: HresultSymbol, error: Error, what: string, hint: string | undefined): HresultError {
  const value = returnValue(error)!;
  const name = /\bCKR_\w+/.exec(error.message)?.[0] ?? 'CKR';
  return hresult(symbol, `${what}: ${name} (0x${value.toString(16)}).`, { hint, cause: error });
}
