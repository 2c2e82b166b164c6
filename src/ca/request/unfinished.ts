import { HresultError } from '#hresult/hresult-error';
import type { EventRecord } from '../audit/event-record.ts';
import type { Authority } from '../authority.ts';
import type { Write } from '../ports.ts';
import { finishSignings } from './finish-signings.ts';

/**
 * What this run began and could not write the end of, mostly because the disk was full: requests with a recorded signing, and
 * events. A start would finish the requests; so does the next call that needs the database, once it can be written again.
 */
export class Unfinished {
  readonly #requestIds = new Set<number>();
  #events: EventRecord[] = [];

  has(requestId: number): boolean {
    return this.#requestIds.has(requestId);
  }

  /** Leaves a request whose issuing failed: if its signing is on record, it is brought to its end later. */
  leave(requestId: number): void {
    this.#requestIds.add(requestId);
  }

  /**
   * Writes the end of a request that `fault` brought about. Throws `fault` where that cannot be written either; unless it is
   * what no row takes, its events are told later, and a signing is taken up again.
   */
  async end(
    { ports: { database } }: Pick<Authority, 'ports'>,
    requestId: number,
    writes: readonly Write[],
    fault: HresultError,
  ): Promise<void> {
    try {
      await database.commit(writes);
    } catch (error) {
      if (!(error instanceof HresultError) || error.symbol === 'ERROR_INVALID_PARAMETER') throw error;
      this.#requestIds.add(requestId);
      for (const write of writes) if ('append' in write && write.append === 'Events') this.#events.push(write.record);
      throw fault;
    }
  }

  /** Writes an event, later where it cannot be written now: what it tells of is done. */
  async tell({ ports: { database } }: Pick<Authority, 'ports'>, event: EventRecord): Promise<void> {
    try {
      await database.commit([{ append: 'Events', record: event }]);
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      this.#events.push(event);
    }
  }

  /** As `finish`, for who only reads: what still cannot be written does not keep him from it. */
  async tryToFinish(authority: Authority): Promise<void> {
    try {
      await this.finish(authority);
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
    }
  }

  /** Throws as `commit` where it still cannot be written. */
  async finish(authority: Authority): Promise<void> {
    if (this.#requestIds.size === 0 && this.#events.length === 0) return;
    // Taken out before anybody else looks: each is finished once.
    const requestIds = new Set(this.#requestIds);
    const events = this.#events;
    this.#requestIds.clear();
    this.#events = [];
    try {
      await authority.ports.database.commit(events.map((record) => ({ append: 'Events', record })));
      events.length = 0;
      await finishSignings(authority, requestIds);
    } catch (error) {
      for (const requestId of requestIds) this.#requestIds.add(requestId);
      this.#events.unshift(...events);
      throw error;
    }
  }
}
