/** Load on a service in a process of its own, and what both sides spent on it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { RequestOutcome, SubmittedRequest } from '#ca/api';
import { API } from '#wire/paths';
import { formatValue, parseValue } from '#wire/value';
import { LoadConnection, postBytes } from './http-load.ts';
import type { Contender } from './measure.ts';
import type { ServedForLoad, UsedByService } from './service-under-load.ts';

/** Connections, each with one request under way. */
export const CONNECTIONS = Number(process.env['WIDTH'] ?? 128);

/** Enough that nobody's object in the directory grows long: most templates publish the certificate there. */
const PEOPLE = 200;

export class ServiceLoad {
  readonly served: ServedForLoad;
  readonly #process: ChildProcess;
  readonly #connections: readonly LoadConnection[];
  #clientSeconds = 0;
  #count = 0;
  #turn = 0;

  private constructor(child: ChildProcess, served: ServedForLoad, connections: readonly LoadConnection[]) {
    this.#process = child;
    this.served = served;
    this.#connections = connections;
  }

  /** `key` as `certhaven install-ca --key` takes it. */
  static async start(key: string, people = PEOPLE): Promise<ServiceLoad> {
    const child = fork(join(import.meta.dirname, 'service-under-load.ts'), [key, String(people)], {
      execArgv: ['--expose-gc'],
    });
    const [served] = (await once(child, 'message')) as [ServedForLoad];
    const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => LoadConnection.open(served)));
    return new ServiceLoad(child, served, connections);
  }

  /** Bytes of one submission, by the next of the people. */
  submission(request: SubmittedRequest): Buffer {
    const { authorizations, serverName } = this.served;
    const authorization = authorizations[this.#turn++ % authorizations.length]!;
    return postBytes(`${API}authority/submit`, serverName, authorization, formatValue([request]));
  }

  /** Sends these in turn; every answer has to be an issued certificate. */
  submitting(name: string, requests: readonly Buffer[]): Contender {
    return {
      name,
      perform: async (count) => {
        const before = process.cpuUsage();
        let begun = 0;
        const lane = async (connection: LoadConnection) => {
          while (begun < count) {
            begun++;
            const body = await connection.exchange(requests[this.#turn++ % requests.length]!);
            if (!body.includes('"disposition":"issued"')) throw new Error(body.toString('utf8'));
          }
        };
        await Promise.all(this.#connections.slice(0, count).map(lane));
        const { user, system } = process.cpuUsage(before);
        this.#clientSeconds += (user + system) / 1e6;
        this.#count += count;
      },
    };
  }

  async submit(request: SubmittedRequest): Promise<RequestOutcome> {
    const body = await this.#connections[0]!.exchange(this.submission(request));
    return (parseValue(body.toString('utf8')) as { readonly result: RequestOutcome }).result;
  }

  /** What the service used since this was asked last. */
  async used(): Promise<UsedByService> {
    this.#process.send('used');
    const [used] = (await once(this.#process, 'message')) as [UsedByService];
    return used;
  }

  /** Milliseconds of processor time a request on either side, since the last report; the loop's delay. */
  async report(): Promise<string> {
    const { cpu, delay } = await this.used();
    const each = (seconds: number) => `${((seconds * 1000) / this.#count).toFixed(2)} ms`;
    const [median, p99, worst] = delay.map((milliseconds) => milliseconds.toFixed(1));
    const text =
      `  processor time a request: service ${each(cpu)}, load generator ${each(this.#clientSeconds)}; ` +
      `event loop of the service late by ${median} ms (median), ${p99} ms (99 %), ${worst} ms (worst)`;
    this.#clientSeconds = 0;
    this.#count = 0;
    return text;
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    const ended = once(this.#process, 'exit');
    this.#process.disconnect();
    await ended;
  }
}
