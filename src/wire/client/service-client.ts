/** One service as a client reaches it: TLS to the CA it trusts, calls and streams, faults as they were thrown. */
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { hresult } from '#hresult/hresult-error';
import { errorOf } from '../failure.ts';
import { KNOWN_AUTHORITY, type KnownAuthority } from '../known-authority.ts';
import { API, JSON_TYPE, KNOWN_AUTHORITY_PATH } from '../paths.ts';
import { formatValue, parseValue } from '../value.ts';
import { linesOf } from './lines.ts';

export interface ServiceAddress {
  /** `https://ca01.contoso.com:8443` */
  readonly url: string;
  /** PEM: the CA certificates that the service's own must lead to; none takes any, for a first look. */
  readonly trust: readonly string[] | undefined;
  /** The name the service's certificate must have, where it is not the host of the URL. */
  readonly serverName?: string;
  /** The whole Authorization header. */
  readonly authorization?: string;
  /** PEM: what the client shows of himself. */
  readonly identity?: { readonly key: string; readonly cert: string };
}

/** A signature by a slow key module takes seconds; a CRL of millions of entries a minute. */
const ANSWER_MS = 5 * 60 * 1000;
const CONNECT_MS = 15_000;
/** Whole answers; streams have no limit, only their lines. */
const ANSWER_LIMIT = 256 * 1024 * 1024;

export class ServiceClient {
  readonly #address: ServiceAddress;
  readonly #agent: Agent;

  constructor(address: ServiceAddress) {
    this.#address = address;
    const { trust, serverName, identity } = address;
    this.#agent = new Agent({
      keepAlive: true,
      minVersion: 'TLSv1.2',
      ...(trust === undefined ? { rejectUnauthorized: false } : { ca: [...trust], allowPartialTrustChain: true }),
      ...identity,
      ...(serverName === undefined ? {} : { servername: serverName }),
    });
  }

  /** What a method answers. Throws what it throws, RPC_S_SERVER_UNAVAILABLE where nobody answers, CERT_E_UNTRUSTEDROOT. */
  async call(path: string, values: readonly unknown[]): Promise<unknown> {
    return resultOf(await this.#send('POST', API + path, formatValue(trimmed(values))));
  }

  /** The items of a method that streams. */
  async *stream(path: string, values: readonly unknown[]): AsyncGenerator<unknown> {
    const response = await this.#send('POST', API + path, formatValue(trimmed(values)));
    if (response.statusCode !== 200) await resultOf(response);
    try {
      for await (const line of linesOf(response)) {
        const { item, end, error } = membersOf(parseValue(line));
        if (error !== undefined) throw errorOf(error);
        if (end === true) return;
        yield item;
      }
      throw hresult('RPC_S_CALL_FAILED', 'The answer was cut off.', { hint: 'run it again' });
    } finally {
      response.destroy();
    }
  }

  /** What the service says of its CA; `trust` decides whether that can be believed. */
  async known(): Promise<KnownAuthority> {
    return KNOWN_AUTHORITY.read(await resultOf(await this.#send('GET', KNOWN_AUTHORITY_PATH)), 'The CA');
  }

  /** A public file; undefined where there is none. */
  async file(path: string): Promise<Uint8Array | undefined> {
    const response = await this.#send('GET', path);
    if (response.statusCode === 200) return readAll(response);
    response.destroy();
    return undefined;
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, body?: string): Promise<IncomingMessage> {
    const { url, authorization } = this.#address;
    return new Promise((resolve, reject) => {
      const request = httpsRequest(new URL(path, url), {
        agent: this.#agent,
        method,
        headers: {
          ...(body === undefined ? {} : { 'Content-Type': JSON_TYPE, 'Content-Length': Buffer.byteLength(body) }),
          ...(authorization === undefined ? {} : { Authorization: authorization }),
        },
      });
      const connecting = setTimeout(() => request.destroy(timedOut()), CONNECT_MS);
      request.once('socket', (socket) => {
        const connected = () => clearTimeout(connecting);
        if (socket.connecting) socket.once('secureConnect', connected);
        else connected();
      });
      request.setTimeout(ANSWER_MS, () => request.destroy(timedOut()));
      request.once('response', resolve);
      request.once('error', (error) => reject(connectionFault(error, url)));
      request.once('close', () => clearTimeout(connecting));
      request.end(body);
    });
  }
}

/** Trailing arguments that were left out stay out. */
function trimmed(values: readonly unknown[]): readonly unknown[] {
  return values.slice(0, values.findLastIndex((value) => value !== undefined) + 1);
}

async function resultOf(response: IncomingMessage): Promise<unknown> {
  const text = Buffer.from(await readAll(response)).toString('utf8');
  let members: Readonly<Record<string, unknown>>;
  try {
    members = membersOf(parseValue(text));
  } catch {
    throw hresult('RPC_S_CALL_FAILED', `Status ${response.statusCode}: the answer is not Certhaven's.`, {
      hint: 'check the URL: something else may listen there',
    });
  }
  if (response.statusCode !== 200) throw errorOf(members['error']);
  return members['result'];
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

async function readAll(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > ANSWER_LIMIT) throw hresult('ERROR_INVALID_DATA', 'The answer is too long.');
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw hresult('RPC_S_CALL_FAILED', 'The answer was cut off.', { hint: 'run it again', cause: error });
    throw error;
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function timedOut(): Error {
  return Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
}

/** Node's codes of name look-up and connection begin with E; those of certificates are OpenSSL's, UNSPECIFIED what Node has no name for. */
function connectionFault(error: NodeJS.ErrnoException, url: string): Error {
  const { code = '' } = error;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return hresult('CERT_E_CN_NO_MATCH', `The certificate of ${url} names another machine.`, {
      hint: 'use the name that the certificate has; certhaven serve --name adds one to it',
      cause: error,
    });
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return hresult('CERT_E_EXPIRED', `The certificate of ${url} has ended, or is not valid yet.`, {
      hint: 'look at the clock of this machine; certhaven events on the other one says why its CA issued no new one',
      cause: error,
    });
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT')
    return hresult('CERT_E_UNTRUSTEDROOT', `The certificate of ${url} is self-signed.`, {
      hint: 'if it is the right service, its CA has issued none: certhaven events on its machine says why',
      cause: error,
    });
  if (/^UNSPECIFIED$|CERT|SIGNATURE|ISSUER|CHAIN|CRL|SELF_SIGNED/.test(code))
    return hresult('CERT_E_UNTRUSTEDROOT', `The certificate of ${url} does not lead to the CA that is trusted here.`, {
      hint: 'if the CA is another on purpose, trust it anew: certhaven join',
      cause: error,
    });
  return hresult('RPC_S_SERVER_UNAVAILABLE', `${url} does not answer (${code || error.message}).`, {
    hint: 'start the service there with certhaven serve, or check name and port',
    cause: error,
  });
}
