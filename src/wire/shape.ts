/** What an argument has to look like: nothing that a caller sends reaches the authority unchecked. */
import { hresult } from '#hresult/hresult-error';

export interface Shape<T> {
  /** Throws ERROR_INVALID_PARAMETER. `where` names the value in that error. */
  read(value: unknown, where: string): T;
}

export interface OptionalShape<T> extends Shape<T | undefined> {
  readonly isOptional: true;
}

/** A value of one kind. */
function kind<T>(wanted: string, is: (value: unknown) => value is T): Shape<T> {
  return {
    read(value, where) {
      if (is(value)) return value;
      throw unlike(where, wanted);
    },
  };
}

export const text = kind('a text', (value) => typeof value === 'string');
/** A whole number that a double holds exactly. */
export const whole = kind('a whole number', (value): value is number => Number.isSafeInteger(value));
export const boolean = kind('true or false', (value) => typeof value === 'boolean');
export const bytes = kind('a byte array', (value) => value instanceof Uint8Array);
export const date = kind('a date', (value) => value instanceof Date);
export const nothing = kind('null', (value) => value === null);

export function literal<const V extends string | number>(...values: readonly V[]): Shape<V> {
  return {
    read(value, where) {
      const found = values.find((candidate) => candidate === value);
      if (found === undefined) throw unlike(where, `one of ${values.join(', ')}`);
      return found;
    },
  };
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return {
    read(value, where) {
      if (!Array.isArray(value)) throw unlike(where, 'a list');
      return value.map((each, index) => item.read(each, `${where}[${index}]`));
    },
  };
}

export function optional<T>(shape: Shape<T>): OptionalShape<T> {
  return { isOptional: true, read: (value, where) => (value === undefined ? undefined : shape.read(value, where)) };
}

/** The first shape that takes the value. */
export function either<A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> {
  return {
    read(value, where) {
      try {
        return first.read(value, where);
      } catch {
        return second.read(value, where);
      }
    },
  };
}

type Fields<T> = {
  readonly [K in keyof T]-?: Record<string, never> extends Pick<T, K>
    ? OptionalShape<Exclude<T[K], undefined>>
    : Shape<T[K]>;
};

/** An object with these members and no others: a member the receiver does not know is not silently left aside. */
export function record<T extends object>(fields: Fields<T>): Shape<T> {
  const known = Object.entries(fields as Record<string, Shape<unknown>>);
  const names = new Set(known.map(([name]) => name));
  return {
    read(value, where) {
      if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
        throw unlike(where, 'an object');
      for (const name of Object.keys(value)) if (!names.has(name)) throw unlike(`${where}.${name}`, 'known here');
      const members = value as Record<string, unknown>;
      return Object.fromEntries(
        known.flatMap(([name, shape]) => {
          const member = shape.read(Object.hasOwn(members, name) ? members[name] : undefined, `${where}.${name}`);
          return member === undefined ? [] : [[name, member]];
        }),
      ) as T;
    },
  };
}

function unlike(where: string, wanted: string): Error {
  return hresult('ERROR_INVALID_PARAMETER', `${where} is not ${wanted}.`, {
    hint: 'the two sides may be of different versions: certhaven --version tells them',
  });
}
