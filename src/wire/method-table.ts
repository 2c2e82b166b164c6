/**
 * An interface as it crosses the network: one row a method, which reads the arguments a caller sent. Results travel as the
 * values they are (`value.ts`): they come from the CA, which the caller has chosen to trust.
 */
import { hresult } from '#hresult/hresult-error';
import type { Shape } from './shape.ts';

export interface Row<Arguments extends readonly unknown[] = readonly unknown[]> {
  readonly kind: 'call' | 'stream';
  /** Throws ERROR_INVALID_PARAMETER. */
  read(values: readonly unknown[]): Arguments;
}

interface CallRow<Arguments extends readonly unknown[]> extends Row<Arguments> {
  readonly kind: 'call';
}

/** A method whose results come one by one. */
interface StreamRow<Arguments extends readonly unknown[]> extends Row<Arguments> {
  readonly kind: 'stream';
}

type AnyFunction = (...args: never[]) => unknown;

/** The methods of an interface that travel: all but `close`, which ends a connection. */
export type Calls<Api> = {
  [M in keyof Api as Api[M] extends AnyFunction ? (M extends 'close' ? never : M) : never]: Api[M];
};

type RowOf<Method> = Method extends (...args: infer Arguments) => infer Result
  ? Result extends AsyncIterable<unknown>
    ? StreamRow<Arguments>
    : CallRow<Arguments>
  : never;

/** A row for every method: one without is a fault of the compiler's to find. */
export type MethodTable<Api> = { readonly [M in keyof Calls<Api>]: RowOf<Calls<Api>[M]> };

/** Any table, for what only looks up. */
export type AnyTable = Readonly<Record<string, Row>>;

type Shapes<Arguments extends readonly unknown[]> = { readonly [I in keyof Arguments]: Shape<Arguments[I]> };

export function call<Arguments extends readonly unknown[]>(...shapes: Shapes<Arguments>): CallRow<Arguments> {
  return { kind: 'call', read: (values) => readArguments(shapes, values) };
}

export function stream<Arguments extends readonly unknown[]>(...shapes: Shapes<Arguments>): StreamRow<Arguments> {
  return { kind: 'stream', read: (values) => readArguments(shapes, values) };
}

function readArguments<Arguments extends readonly unknown[]>(
  shapes: Shapes<Arguments>,
  values: readonly unknown[],
): Arguments {
  const all: readonly Shape<unknown>[] = shapes;
  if (values.length > all.length)
    throw hresult('ERROR_INVALID_PARAMETER', `${values.length} arguments where ${all.length} are taken.`);
  return all.map((shape, index) =>
    shape.read(values[index], `Argument ${index + 1}`),
  ) as readonly unknown[] as Arguments;
}
