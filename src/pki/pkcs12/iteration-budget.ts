import { hresult } from '#hresult/hresult-error';

export interface IterationLimits {
  /** The most iterations one derivation may ask for. */
  readonly each: number;
  /** The most that all derivations of one file may take together. */
  readonly total: number;
}

/**
 * A file names its own iteration counts, and whoever made it may want us to count for hours. The highest default in the
 * field is NSS's 600,000; .NET refuses more than 300,000. Two million are about a second, twenty some ten seconds.
 */
export const ITERATION_LIMITS: IterationLimits = { each: 2_000_000, total: 20_000_000 };

/** Counts the derivations of one file. */
export class IterationBudget {
  readonly #limits: IterationLimits;
  #left: number;

  constructor(limits: IterationLimits = ITERATION_LIMITS) {
    this.#limits = limits;
    this.#left = limits.total;
  }

  /** Before each derivation; `runs` for one that starts over for every block. Throws ERROR_INVALID_DATA. */
  spend(iterations: number, runs = 1): void {
    if (iterations < 1) throw hresult('ERROR_INVALID_DATA', `An iteration count of ${iterations}.`);
    if (iterations > this.#limits.each) {
      throw hresult(
        'ERROR_INVALID_DATA',
        `An iteration count of ${iterations}; at most ${this.#limits.each} are done.`,
      );
    }
    this.#left -= iterations * runs;
    if (this.#left < 0) {
      throw hresult('ERROR_INVALID_DATA', `The file asks for more than ${this.#limits.total} iterations in all.`);
    }
  }
}
