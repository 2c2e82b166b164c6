/** One HTTP request from its bytes to its answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { HresultError, hresult } from '#hresult/hresult-error';
import type { KnownAuthority } from '../known-authority.ts';
import type { AnyTable } from '../method-table.ts';
import { API, JSON_TYPE, KNOWN_AUTHORITY_PATH } from '../paths.ts';
import { parseValue } from '../value.ts';
import { sendFailure, sendRefusal, sendStream, sendValue } from './answer.ts';
import { readBody } from './body.ts';
import { pathOf, serveCertEnroll } from './cert-enroll.ts';
import { type Presented, type Scheme, type SignedIn, signIn } from './scheme.ts';
import type { StreamLimit } from './stream-limit.ts';

/** One interface of the service: its methods, and where a caller's calls go. */
export interface ServedApi {
  readonly table: AnyTable;
  open(signedIn: SignedIn, address: string): object;
}

export interface ServiceContent {
  /** Tried by the name a caller's Authorization header begins with. */
  readonly schemes: readonly Scheme[];
  /** By their place in the path. */
  readonly apis: Readonly<Record<string, ServedApi>>;
  readonly known: () => KnownAuthority;
  readonly certEnrollDirectory: string;
  readonly streams: StreamLimit;
  /** Our own faults go here under a number; the caller gets the number. */
  readonly onFault: (incident: string, thrown: unknown) => void;
}

/** Answers everything, whatever comes; never throws. */
export async function handleRequest(
  content: ServiceContent,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await answer(content, request, response);
  } catch (thrown) {
    // A caller who has gone away hears nothing, and is no fault.
    if (response.destroyed || request.socket.destroyed) return;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const challenges = content.schemes.flatMap(({ challenge }) => challenge ?? []);
    sendFailure(response, asFailure(content, thrown), challenges);
  }
}

async function answer(content: ServiceContent, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (await serveCertEnroll(content.certEnrollDirectory, request, response)) return;
  const path = pathOf(request);
  if (path === KNOWN_AUTHORITY_PATH && request.method === 'GET') return sendValue(response, content.known());
  const [apiName = '', method = '', ...more] = path.startsWith(API) ? path.slice(API.length).split('/') : [];
  const api = Object.hasOwn(content.apis, apiName) ? content.apis[apiName] : undefined;
  const row = api && Object.hasOwn(api.table, method) ? api.table[method] : undefined;
  if (api === undefined || row === undefined || more.length > 0)
    return sendRefusal(response, 404, 'ERROR_NOT_FOUND', 'The service has nothing at this path.');
  if (request.method !== 'POST') {
    response.setHeader('Allow', 'POST');
    return sendRefusal(response, 405, 'ERROR_INVALID_FUNCTION', 'Calls are sent with POST.');
  }
  // No page of another site can send this type unasked, so a browser's certificate signs nobody in behind his back.
  if (request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() !== JSON_TYPE)
    return sendRefusal(response, 415, 'ERROR_INVALID_DATA', `The body of a call is of type ${JSON_TYPE}.`);
  const presented = presentedBy(request);
  const signedIn = await signIn(content.schemes, presented);
  const body = await readBody(request);
  if (body === undefined) {
    response.setHeader('Connection', 'close');
    return sendRefusal(response, 413, 'ERROR_INVALID_DATA', 'The request is too long.');
  }
  const values = body === '' ? [] : parseValue(body);
  if (!Array.isArray(values)) throw hresult('ERROR_INVALID_DATA', 'The body of a call is the list of its arguments.');
  const calls = api.open(signedIn, presented.address) as Record<string, (...args: readonly unknown[]) => unknown>;
  const args = row.read(values);
  if (row.kind === 'call') return sendValue(response, await calls[method]!(...args));
  return content.streams.during(signedIn.caller.sid, () =>
    sendStream(response, calls[method]!(...args) as AsyncIterable<unknown>, (thrown) => asFailure(content, thrown)),
  );
}

function presentedBy(request: IncomingMessage): Presented {
  const { socket } = request;
  const [, scheme, credentials] = /^([A-Za-z0-9-]+) +(\S+)$/.exec(request.headers.authorization ?? '') ?? [];
  const peer = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  return {
    authorization:
      scheme === undefined || credentials === undefined ? undefined : { scheme: scheme.toLowerCase(), credentials },
    certificate: peer && new Uint8Array(peer.raw),
    address: socket.remoteAddress ?? '',
    isLocal: isLoopback(socket.remoteAddress ?? '') || socket.remoteAddress === socket.localAddress,
  };
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}

function asFailure({ onFault }: ServiceContent, thrown: unknown): HresultError {
  if (thrown instanceof HresultError) return thrown;
  const incident = globalThis.crypto.randomUUID().slice(0, 8);
  onFault(incident, thrown);
  return hresult('E_UNEXPECTED', `Incident ${incident}: a fault of the service's own.`, {
    hint: 'the service wrote down what it was under this number',
  });
}
