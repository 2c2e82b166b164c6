/**
 * A client that costs as little as one can: its processor time is taken from the service under test. It keeps its
 * connections, sends requests that are ready as bytes, and reads of an answer no more than where it ends.
 */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

export interface LoadTarget {
  readonly port: number;
  readonly serverName: string;
  /** PEM of the CA that the service's certificate must lead to. */
  readonly trust: string;
}

/** A POST of a call, whole. */
export function postBytes(path: string, serverName: string, authorization: string, body: string): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${serverName}`,
    `Authorization: ${authorization}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const HEAD_END = Buffer.from('\r\n\r\n');

export class LoadConnection {
  readonly #socket: TLSSocket;
  #received: Buffer[] = [];
  #length = 0;
  #waiting: PromiseWithResolvers<Buffer> | undefined;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('close', () => this.#waiting?.reject(new Error('the service closed the connection')));
    socket.on('error', () => undefined);
  }

  static async open({ port, serverName, trust }: LoadTarget): Promise<LoadConnection> {
    const socket = connect({
      port,
      host: '127.0.0.1',
      servername: serverName,
      ca: trust,
      allowPartialTrustChain: true,
    });
    await once(socket, 'secureConnect');
    socket.setNoDelay(true);
    return new LoadConnection(socket);
  }

  /** Answers the body. Throws for any other status than 200. */
  exchange(request: Buffer): Promise<Buffer> {
    this.#waiting = Promise.withResolvers();
    this.#socket.write(request);
    return this.#waiting.promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#length += chunk.length;
    const whole = this.#received.length === 1 ? chunk : Buffer.concat(this.#received, this.#length);
    const end = whole.indexOf(HEAD_END);
    if (end < 0) return;
    const head = whole.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) throw new Error(`an answer without its length: ${head}`);
    if (whole.length < end + 4 + length) return;
    this.#received = [];
    this.#length = 0;
    const body = whole.subarray(end + 4, end + 4 + length);
    const { resolve, reject } = this.#waiting!;
    if (head.startsWith('HTTP/1.1 200 ')) resolve(body);
    else reject(new Error(`${head.split('\r\n', 1)[0]}: ${body.toString('utf8')}`));
  }
}
