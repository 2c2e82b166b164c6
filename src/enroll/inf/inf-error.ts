import { HresultError } from '#hresult/hresult-error';

/** A fault of an INF file, with the place that certreq prints behind the code. */
export class InfError extends HresultError {
  /** `request.inf([NewRequest] KeyLength = "x")`. */
  readonly place: string;
  /** Counted from 1; undefined where something is missing. */
  readonly line: number | undefined;

  constructor(
    symbol: 'ERROR_INVALID_PARAMETER' | 'ERROR_NOT_SUPPORTED',
    place: string,
    line: number | undefined,
    detail: string,
    hint?: string,
  ) {
    super(symbol, line === undefined ? detail : `Line ${line}: ${detail}`, { hint });
    this.place = place;
    this.line = line;
  }
}
