import type { Write } from '#ca/ports';

/** Gives out request and CRL row numbers, each once. A number that is never written is a gap. */
export class RowNumbers {
  #lastRequestId: number;
  #lastCrlRowId: number;

  constructor(lastRequestId: number, lastCrlRowId: number) {
    this.#lastRequestId = lastRequestId;
    this.#lastCrlRowId = lastCrlRowId;
  }

  nextRequestId(): number {
    return ++this.#lastRequestId;
  }

  nextCrlRowId(): number {
    return ++this.#lastCrlRowId;
  }

  /** Rows that bring their own number, as imported ones do, are not met again. */
  see(unit: readonly Write[]): void {
    for (const write of unit) {
      if (!('insert' in write)) continue;
      if (write.insert === 'Requests') this.#lastRequestId = Math.max(this.#lastRequestId, write.row.RequestID);
      if (write.insert === 'CRLs') this.#lastCrlRowId = Math.max(this.#lastCrlRowId, write.row.CRLRowId);
    }
  }
}
