import type { IncomingMessage } from 'node:http';

/** Requests with an archived key are a few kilobytes; lists of certificates are the longest there is. */
const LIMIT = 4 * 1024 * 1024;

/** Undefined where it is over the limit; what comes behind that is not read. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > LIMIT) return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > LIMIT) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
