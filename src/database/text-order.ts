/**
 * How views compare text without regard to case. A pattern in ASCII is compared with A to Z folded, which an index can
 * serve; any other pattern is compared in Unicode lower case. Order is that of the code points. Both databases keep to this.
 */

export function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
}

export function foldUnicode(text: string): string {
  return text.toLowerCase();
}

/** UTF-16 code units in the order of the code points they stand for: surrogates after all others. */
function rank(unit: number): number {
  return unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Negative, zero or positive; the order of the texts' UTF-8 bytes. */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}
