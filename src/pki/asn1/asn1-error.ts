import type { HresultSymbol } from '#hresult/codes';
import { HresultError } from '#hresult/hresult-error';

/** A fault in encoded bytes; `offset` counts from the first byte handed to the outermost reader. */
export class Asn1Error extends HresultError {
  readonly offset: number;

  constructor(symbol: HresultSymbol, offset: number, what: string) {
    super(symbol, `${what} at byte ${offset}.`);
    this.name = 'Asn1Error';
    this.offset = offset;
  }
}
