export interface Option {
  /** What its value is called in the help; an option without one is a switch. */
  readonly value?: string;
  readonly summary: string;
  readonly aliases?: readonly string[];
  /** Taken by every verb. */
  readonly everywhere?: boolean;
}

/** The options of one tool, each under its name as the help spells it. Case does not count where they are typed. */
export type OptionTable<Name extends string> = Readonly<Record<Name, Option>>;

/** The options of one command. */
export class OptionValues<Name extends string> {
  readonly #values = new Map<Name, string>();

  constructor(values: Iterable<readonly [name: Name, value: string]> = []) {
    for (const [name, value] of values) this.#values.set(name, value);
  }

  has(name: Name): boolean {
    return this.#values.has(name);
  }

  /** Empty for a switch; undefined where the option was not given. */
  value(name: Name): string | undefined {
    return this.#values.get(name);
  }

  names(): Name[] {
    return [...this.#values.keys()];
  }
}
