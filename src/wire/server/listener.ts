/** Listening sockets: their limits, their faults at start, their graceful end. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { hresult } from '#hresult/hresult-error';

export interface Endpoint {
  /** Undefined: every address of the machine. */
  readonly host: string | undefined;
  /** 0 lets the system choose. */
  readonly port: number;
}

export interface TlsIdentity {
  /** PEM: the private key, and the certificate with its chain. */
  readonly key: string;
  readonly cert: string;
  /** PEM: whose client certificates are asked for. */
  readonly clientAuthorities: readonly string[];
}

const SERVER_LIMITS = {
  maxHeaderSize: 16 * 1024,
  /** Milliseconds for the headers, and for the whole request: who sends slower holds a place that others need. */
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5000,
  keepAliveTimeout: 30_000,
} as const;
const MOST_CONNECTIONS = 5000;
/** Of silence on a connection in both directions. A call that takes longer is lost to its caller, not to the CA. */
const IDLE_MS = 10 * 60 * 1000;
const HANDSHAKE_MS = 10_000;
const SWEEP_MS = 50;

export function createHttpListener(handler: RequestListener): Server {
  return withLimits(createServer(SERVER_LIMITS, handler));
}

/** Refuses handshakes until `setSecureContext` gives it a certificate. */
export function createHttpsListener(handler: RequestListener): TlsServer {
  return withLimits(
    createTlsServer(
      {
        ...SERVER_LIMITS,
        handshakeTimeout: HANDSHAKE_MS,
        requestCert: true,
        // Certificates are judged where callers sign in: there the CA's own records count, not the TLS library's.
        rejectUnauthorized: false,
      },
      handler,
    ),
  );
}

/** What createServer and setSecureContext take. */
export function secureContextOf({ key, cert, clientAuthorities }: TlsIdentity): SecureContextOptions {
  return { key, cert, ca: [...clientAuthorities], minVersion: 'TLSv1.2' };
}

function withLimits<S extends Server | TlsServer>(server: S): S {
  server.maxConnections = MOST_CONNECTIONS;
  server.timeout = IDLE_MS;
  return server;
}

/** Throws WSAEADDRINUSE, WSAEACCES, WSAEADDRNOTAVAIL. Answers the port. */
export async function listen(server: Server | TlsServer, { host, port }: Endpoint): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(asHresult(error, host, port));
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

function asHresult(error: NodeJS.ErrnoException, host: string | undefined, port: number): Error {
  const place = host === undefined ? `port ${port}` : `${host.includes(':') ? `[${host}]` : host}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return hresult('WSAEADDRINUSE', `Another program listens on ${place} already.`, {
        hint: 'end that program, or choose another port with --listen or --http',
        cause: error,
      });
    case 'EACCES':
      return hresult('WSAEACCES', `This account may not listen on ${place}.`, {
        hint: 'ports below 1024 are for root: choose another with --listen or --http, and forward the port to it',
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return hresult('WSAEADDRNOTAVAIL', `${host} is no address of this machine.`, {
        hint: 'leave the address out to listen on all of them',
        cause: error,
      });
    default:
      return error;
  }
}

/** Takes no new connections, lets requests under way be answered for `graceMs` at most, then cuts what is left. */
export async function close(server: Server | TlsServer, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection becomes idle with its last answer, and would wait for the next request.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const end = setTimeout(() => server.closeAllConnections(), graceMs);
  server.closeIdleConnections();
  await closed;
  clearInterval(sweep);
  clearTimeout(end);
}
