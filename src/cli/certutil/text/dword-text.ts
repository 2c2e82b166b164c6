/** Numbers and bit fields as certutil prints them: hexadecimal, with the signed decimal behind it from 10 on. */

export interface NamedBit {
  readonly name: string;
  /** Unsigned. */
  readonly value: number;
}

/** `2`, `a (10)`, `ffffffff (-1)`: in -getreg and behind flags. */
export function dwordText(value: number): string {
  const hex = (value >>> 0).toString(16);
  return value >>> 0 < 10 ? hex : `${hex} (${value | 0})`;
}

/** `5`, `0x45 (69)`: the values of -CAInfo. */
export function propertyText(value: number): string {
  return value >>> 0 < 10 ? String(value) : `0x${dwordText(value)}`;
}

/** `0x5`, `0xe (14)`: the Long columns of -view. */
export function longText(value: number): string {
  return `0x${dwordText(value)}`;
}

/** `    NAME -- 10 (16)` for each bit that is set; with `showUnset` the others too, in parentheses. */
export function flagLines(
  value: number,
  bits: readonly NamedBit[],
  { indent = '    ', showUnset = false }: { readonly indent?: string; readonly showUnset?: boolean } = {},
): string[] {
  const lines: string[] = [];
  for (const { name, value: bit } of bits) {
    const text = `${name} -- ${dwordText(bit)}`;
    if (bit !== 0 && (value & bit) >>> 0 === bit >>> 0) lines.push(indent + text);
    else if (showUnset) lines.push(`${indent}(${text})`);
  }
  return lines;
}

/** The names of the bits that are set, for --json. */
export function flagNames(value: number, bits: readonly NamedBit[]): string[] {
  return bits.filter(({ value: bit }) => bit !== 0 && (value & bit) >>> 0 === bit >>> 0).map(({ name }) => name);
}
