/** The counts that -view ends with. Sizes are those of the values as Windows keeps them. */
import type { ColumnValue } from '#ca/schema/column';

class Tally {
  count = 0;
  total = 0;
  max = 0;

  add(size: number): void {
    this.count += 1;
    this.total += size;
    this.max = Math.max(this.max, size);
  }

  line(what: string): string {
    const average = this.count === 0 ? 0 : Math.floor(this.total / this.count);
    return `${String(this.count).padStart(4)} ${what}, Total Size = ${this.total}, Max Size = ${this.max}, Ave Size = ${average}`;
  }
}

export class ViewStatistics {
  #rows = 0;
  readonly #properties = new Tally();
  readonly #attributes = new Tally();
  readonly #extensions = new Tally();

  get rows(): number {
    return this.#rows;
  }

  addRow(values: Iterable<ColumnValue>): void {
    this.#rows += 1;
    for (const value of values) if (value !== null) this.#properties.add(sizeOf(value));
  }

  /** Both strings with their NULs, as published counts show. */
  addAttribute(name: string, value: string): void {
    this.#attributes.add(sizeOf(`${name}\0`) + sizeOf(`${value}\0`));
  }

  addExtension(name: string, value: Uint8Array): void {
    this.#extensions.add(sizeOf(`${name}\0`) + 4 + value.length);
  }

  lines(): string[] {
    const all = new Tally();
    for (const { count, total, max } of [this.#properties, this.#attributes, this.#extensions]) {
      all.count += count;
      all.total += total;
      all.max = Math.max(all.max, max);
    }
    return [
      `Maximum Row Index: ${this.#rows}`,
      '',
      `${this.#rows} Rows`,
      this.#properties.line('Row Properties'),
      this.#attributes.line('Request Attributes'),
      this.#extensions.line('Certificate Extensions'),
      all.line('Total Fields'),
    ];
  }
}

function sizeOf(value: NonNullable<ColumnValue>): number {
  if (typeof value === 'string') return 2 * value.length;
  if (value instanceof Uint8Array) return value.length;
  return value instanceof Date ? 8 : 4;
}
