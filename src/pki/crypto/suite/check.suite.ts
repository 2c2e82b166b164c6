/** What the engine's checks are made of; they run in browsers too, so a check fails by throwing. */
import { HresultError } from '#hresult/hresult-error';
import { formatHex } from '../../asn1/bytes.ts';

export interface EngineCheck {
  readonly name: string;
  run(): Promise<void>;
}

export const text = (value: string) => new TextEncoder().encode(value);

export function isTrue(value: boolean, what: string): void {
  if (!value) throw new Error(what);
}

export function isSame(actual: Uint8Array, expected: Uint8Array | string, what: string): void {
  const wanted = typeof expected === 'string' ? expected : formatHex(expected);
  isTrue(formatHex(actual) === wanted, `${what}: ${formatHex(actual)} instead of ${wanted}`);
  isTrue(actual.constructor === Uint8Array, `${what}: not a plain Uint8Array`);
}

export async function fails(symbol: string, what: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    isTrue(error instanceof HresultError && error.symbol === symbol, `${what}: ${error} instead of ${symbol}`);
    return;
  }
  throw new Error(`${what}: no error instead of ${symbol}`);
}

/** Never anything but an HresultError, whatever the bytes. */
export async function neverElse(what: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    isTrue(error instanceof HresultError, `${what}: ${error instanceof Error ? error.stack : error}`);
  }
}

/** Mutations of `original` from a fixed seed: flipped bits, overwritten and dropped bytes, cut ends. */
export function* mutations(original: Uint8Array, count: number): Generator<Uint8Array> {
  let seed = 0x2545f491;
  const next = (below: number) => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) % below;
  };
  for (let i = 0; i < count; i++) {
    const mutated = Uint8Array.from(original);
    const at = next(mutated.length);
    const way = next(4);
    if (way === 0) mutated[at]! ^= 1 << next(8);
    else if (way === 1) mutated[at] = next(256);
    else if (way === 2) mutated.copyWithin(at, at + 1);
    yield way === 3 ? mutated.subarray(0, at) : mutated;
  }
}
