/** What goes back: values, lines of values, files, faults. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HresultSymbol } from '#hresult/codes';
import { type HresultError, hresult } from '#hresult/hresult-error';
import { failureOf } from '../failure.ts';
import { JSON_TYPE, LINES } from '../paths.ts';
import { formatValue } from '../value.ts';

/** The HTTP status says what a proxy or a log needs; what really happened stands in the body. */
const STATUS: Readonly<Partial<Record<HresultSymbol, number>>> = {
  ERROR_NOT_AUTHENTICATED: 401,
  ERROR_LOGON_FAILURE: 401,
  ERROR_ACCOUNT_DISABLED: 401,
  ERROR_ACCOUNT_LOCKED_OUT: 429,
  ERROR_CONNECTION_COUNT_LIMIT: 429,
  RPC_S_SERVER_TOO_BUSY: 503,
  ERROR_ACCESS_DENIED: 403,
  CERTSRV_E_ENROLL_DENIED: 403,
  E_UNEXPECTED: 500,
};

export function sendValue(response: ServerResponse, value: unknown): void {
  send(response, 200, JSON_TYPE, formatValue({ result: value }));
}

export function sendFailure(response: ServerResponse, error: HresultError, challenges: readonly string[]): void {
  const status = STATUS[error.symbol] ?? 422;
  if (status === 401) response.setHeader('WWW-Authenticate', [...challenges]);
  send(response, status, JSON_TYPE, formatValue({ error: failureOf(error) }));
}

/** Faults of HTTP itself, told in the same form. */
export function sendRefusal(response: ServerResponse, status: number, symbol: HresultSymbol, detail: string): void {
  send(response, status, JSON_TYPE, formatValue({ error: failureOf(hresult(symbol, detail)) }));
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  const body = Buffer.from(text, 'utf8');
  response.writeHead(status, { ...COMMON, 'Content-Type': type, 'Content-Length': body.length }).end(body);
}

/** Answers are of one caller and one moment. */
export const COMMON = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' } as const;

/**
 * One `{ item }` a line as fast as the caller reads, then `{ end: true }` or the `{ error }` that cut it short. What goes
 * wrong before the first item is thrown, and becomes an answer of its own.
 */
export async function sendStream(
  response: ServerResponse,
  items: AsyncIterable<unknown>,
  asFailure: (thrown: unknown) => HresultError,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  const first = await iterator.next();
  try {
    response.writeHead(200, { ...COMMON, 'Content-Type': LINES });
    await pipeline(Readable.from(linesOf(iterator, first, asFailure)), response);
  } finally {
    // The caller may have gone, before the first line too: what is open behind the items is closed.
    await iterator.return?.();
  }
}

async function* linesOf(
  iterator: AsyncIterator<unknown>,
  first: IteratorResult<unknown>,
  asFailure: (thrown: unknown) => HresultError,
): AsyncGenerator<string> {
  try {
    for (let next = first; !next.done; next = await iterator.next()) yield `${formatValue({ item: next.value })}\n`;
    yield '{"end":true}\n';
  } catch (thrown) {
    yield `${formatValue({ error: failureOf(asFailure(thrown)) })}\n`;
  }
}
