/** The CertEnroll folder over HTTP and HTTPS, for everybody: what CDP and AIA of AD CS point to. RFC 5280 §4.2.1.13, RFC 2585. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CERT_ENROLL } from '../paths.ts';

/** RFC 2585 §4. */
const TYPES: Readonly<Record<string, string>> = {
  crl: 'application/pkix-crl',
  crt: 'application/pkix-cert',
};

/** True where it has answered: the path was of this folder. */
export async function serveCertEnroll(
  directory: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const path = pathOf(request);
  if (!path.startsWith(CERT_ENROLL)) return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return true;
  }
  const name = fileName(path.slice(CERT_ENROLL.length));
  const type = TYPES[name?.split('.').at(-1)?.toLowerCase() ?? ''];
  const file = name && type ? await openFile(join(directory, name)) : undefined;
  if (file === undefined || type === undefined) {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is no such CRL or certificate.\n');
    return true;
  }
  try {
    await sendFile(file, type, request, response);
  } finally {
    await file.close();
  }
  return true;
}

type File = Awaited<ReturnType<typeof open>>;

async function sendFile(file: File, type: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { size, mtime } = await file.stat();
  // HTTP dates have whole seconds.
  const modified = new Date(Math.floor(mtime.getTime() / 1000) * 1000);
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  const headers = { 'Content-Type': type, 'Last-Modified': modified.toUTCString(), 'Cache-Control': 'max-age=300' };
  if (since >= modified.getTime()) response.writeHead(304, headers).end();
  else if (request.method === 'HEAD') response.writeHead(200, { ...headers, 'Content-Length': size }).end();
  else {
    response.writeHead(200, { ...headers, 'Content-Length': size });
    await pipeline(createReadStream('', { fd: file.fd, autoClose: false, start: 0 }), response);
  }
}

/** A new CRL takes the place of the old one as a whole; who is reading the old one reads it to its end. */
async function openFile(path: string): Promise<File | undefined> {
  try {
    const file = await open(path, 'r');
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch {
    // Nothing there, or nothing for us: the same to the caller.
  }
  return undefined;
}

/** One name, which leads nowhere else. */
function fileName(encoded: string): string | undefined {
  try {
    const name = decodeURIComponent(encoded);
    return /^[^/\\\0.][^/\\\0]*$/.test(name) && name.length <= 255 ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Without a query; the path of a request may be anything. */
export function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0]!;
}
