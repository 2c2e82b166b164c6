import { HresultError } from '#hresult/hresult-error';

/** What is wrong with a CA, or worth knowing of it. An error keeps it from its work, and a move of its keys from beginning. */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'note';
  readonly text: string;
  /** What would have been thrown, or AD CS says at that point; undefined where nothing fails. */
  readonly symbol?: HresultError['symbol'];
  /** HRESULT, unsigned. */
  readonly hresult?: number;
  /** What to do. */
  readonly cure?: string;
}

export function findingOf(severity: Finding['severity'], error: HresultError, more: Partial<Finding> = {}): Finding {
  const { hresult, symbol } = error;
  return {
    severity,
    text: error.detail ?? error.message,
    symbol,
    hresult,
    ...(error.hint === undefined ? {} : { cure: error.hint }),
    ...more,
  };
}

/** The answer of `work`, or the error it ended with. Our own faults are thrown. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | HresultError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HresultError) return error;
    throw error;
  }
}
