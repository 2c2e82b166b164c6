import { DerReader } from './der-reader.ts';

/** Reads one value with `read` and throws Asn1Error where bytes are left after it. */
export function decodeWhole<T>(bytes: Uint8Array, read: (reader: DerReader) => T): T {
  const reader = new DerReader(bytes);
  const value = read(reader);
  reader.finish();
  return value;
}

/** Reads the rest of a SEQUENCE OF or SET OF. */
export function readAll<T>(reader: DerReader, read: (reader: DerReader) => T): T[] {
  const values: T[] = [];
  while (!reader.atEnd) values.push(read(reader));
  return values;
}
