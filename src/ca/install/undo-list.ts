import { HresultError } from '#hresult/hresult-error';

/** How to take back what was done so far. */
export class UndoList {
  readonly #steps: (() => Promise<void>)[] = [];

  push(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** The last step first. One that fails stops none of the others: what had gone wrong before is what the caller is told. */
  async run(): Promise<void> {
    for (const step of this.#steps.toReversed()) {
      try {
        await step();
      } catch (error) {
        if (!(error instanceof HresultError)) throw error;
      }
    }
  }
}
