import type { HresultError } from '#hresult/hresult-error';
import type { Certificate } from '../certificate.ts';

export interface PathResult {
  /** The end certificate first; last the trust anchor or, without one, the highest certificate that was found. */
  readonly chain: readonly Certificate[];
  /** What is wrong with each certificate of `chain`: an array of the same length, its members empty where all is well. */
  readonly errors: readonly (readonly HresultError[])[];
  /** The path ends at a trust anchor and has no error. */
  readonly ok: boolean;
  /** The issuance policies that hold for the end certificate (authority-constrained, RFC 5280 §6.1); anyPolicy among them. */
  readonly policies: readonly string[];
}

/** The error to report where one has to do: the one nearest the end certificate. */
export function firstPathError(result: PathResult): HresultError | undefined {
  return result.errors.flat()[0];
}
