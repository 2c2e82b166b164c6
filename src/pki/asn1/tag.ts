/**
 * Identifier octets (X.690 §8.1.2) as numbers: the low byte is the first identifier octet; a tag number over 30
 * stands in the bits above it.
 */
export const TAG = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OBJECT_IDENTIFIER: 0x06,
  ENUMERATED: 0x0a,
  UTF8_STRING: 0x0c,
  NUMERIC_STRING: 0x12,
  PRINTABLE_STRING: 0x13,
  TELETEX_STRING: 0x14,
  VIDEOTEX_STRING: 0x15,
  IA5_STRING: 0x16,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  GRAPHIC_STRING: 0x19,
  VISIBLE_STRING: 0x1a,
  GENERAL_STRING: 0x1b,
  UNIVERSAL_STRING: 0x1c,
  BMP_STRING: 0x1e,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

export const CONSTRUCTED = 0x20;

/** `[n]` with a primitive encoding: IMPLICIT over a primitive type. */
export function contextPrimitive(n: number): number {
  return n < 31 ? 0x80 | n : 0x9f | (n << 8);
}

/** `[n]` with a constructed encoding: EXPLICIT, or IMPLICIT over a SEQUENCE or SET. */
export function contextConstructed(n: number): number {
  return n < 31 ? 0xa0 | n : 0xbf | (n << 8);
}

/** The tag as a person writes it, for error texts: `SEQUENCE`, `[0]`, `UTF8 STRING`. */
export function formatTag(tag: number): string {
  const low = tag & 0xff;
  const number = (low & 0x1f) === 0x1f ? tag >>> 8 : low & 0x1f;
  if (low >> 6 === 2) return `[${number}]`;
  if (low >> 6 === 1) return `[APPLICATION ${number}]`;
  if (low >> 6 === 3) return `[PRIVATE ${number}]`;
  for (const [name, value] of Object.entries(TAG)) {
    if ((value & 0x1f) === number && (value | CONSTRUCTED) === (low | CONSTRUCTED)) return name.replaceAll('_', ' ');
  }
  return `[UNIVERSAL ${number}]`;
}
