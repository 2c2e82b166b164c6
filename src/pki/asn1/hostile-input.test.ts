/**
 * Bytes nobody honest would send, by a fixed seed: each reader answers a value or an HresultError, and the work it does is
 * bounded by the limits it states, never by what the bytes announce.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { HresultError } from '#hresult/hresult-error';
import { decodeBase64 } from './base64.ts';
import { toDer } from './ber.ts';
import { BerReader } from './ber-reader.ts';
import { parseHex } from './bytes.ts';
import { DerReader } from './der-reader.ts';
import { decodePem, decodePemOrDer, encodePem } from './pem.ts';
import { CONSTRUCTED, TAG } from './tag.ts';
import { decodeTree } from './tree.ts';

const VECTORS = ['request.der', 'response.der'].map((name) => {
  const file = readFileSync(new URL(`../../../test/vectors/whitepaper/${name}`, import.meta.url));
  return decodePemOrDer(new Uint8Array(file));
});

/** Runs a reader; answers whether it took the bytes. */
function survives(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof HresultError) return false;
    throw error;
  }
}

/** Reads everything a DerReader can, each value by its type. */
function walk(reader: DerReader): void {
  while (!reader.atEnd) {
    const tag = reader.peek();
    if (tag === TAG.INTEGER || tag === TAG.ENUMERATED) reader.integer(tag);
    else if (tag === TAG.BOOLEAN) reader.boolean();
    else if (tag === TAG.NULL) reader.null();
    else if (tag === TAG.OBJECT_IDENTIFIER) reader.oid();
    else if (tag === TAG.BIT_STRING) reader.bitString();
    else if (tag === TAG.UTC_TIME || tag === TAG.GENERALIZED_TIME) reader.time();
    else if (tag & CONSTRUCTED) walk(reader.constructed(tag));
    else if (
      tag < 0x20 &&
      tag >= TAG.UTF8_STRING &&
      survives(() => new DerReader(reader.bytes, reader.offset).string())
    ) {
      reader.string();
    } else reader.skip();
  }
}

function walkBer(reader: BerReader): void {
  while (!reader.atEnd) {
    const tag = reader.peek();
    if (tag & CONSTRUCTED) walkBer(reader.constructed(tag));
    else reader.element();
  }
}

/** All readers of encodings over the same bytes. */
function readAll(bytes: Uint8Array): void {
  survives(() => walk(new DerReader(bytes)));
  survives(() => walk(new DerReader(toDer(bytes))));
  survives(() => walkBer(new BerReader(bytes)));
  survives(() => decodeTree(bytes));
}

const vector = fc.constantFrom(...VECTORS);
const RUNS = { seed: 20261121, numRuns: 1500 };

test('mutated messages', () => {
  const change = fc.tuple(fc.nat(3422), fc.constantFrom('set', 'cut', 'insert', 'delete', 'repeat'), fc.nat(255));
  fc.assert(
    fc.property(vector, fc.array(change, { minLength: 1, maxLength: 6 }), (original, changes) => {
      const octets = Array.from(original);
      for (const [place, how, octet] of changes) {
        const at = place % (octets.length + 1);
        if (how === 'set') octets[at] = octet;
        else if (how === 'cut') octets.length = at;
        else if (how === 'insert') octets.splice(at, 0, octet);
        else if (how === 'delete') octets.splice(at, octet);
        else octets.splice(at, 0, ...octets.slice(at, at + octet));
      }
      readAll(Uint8Array.from(octets));
    }),
    RUNS,
  );
});

test('every truncation of a message', () => {
  for (const bytes of VECTORS) for (let end = 0; end < bytes.length; end += 13) readAll(bytes.subarray(0, end));
});

test('headers in every form, with lengths that lie', () => {
  const tag = fc.oneof(fc.nat(255), fc.constantFrom(...Object.values(TAG)));
  const length = fc.constantFrom(
    '00',
    '01',
    '7f',
    '80',
    '8101',
    '8180',
    '820001',
    '83ffffff',
    '84ffffffff',
    '84 7fffffff',
    '850000000001',
    'ff',
  );
  const header = fc.tuple(tag, length).map(([first, rest]) => [first, ...parseHex(rest)]);
  const piece = fc.oneof(
    header,
    fc.array(fc.nat(255), { maxLength: 6 }),
    fc.constant([0, 0]),
    fc.constant([0x30, 0x80]),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => readAll(Uint8Array.from(pieces.flat()))),
    { ...RUNS, numRuns: 3000 },
  );
});

test('text that is nearly PEM', () => {
  const pem = encodePem('CERTIFICATE', VECTORS[0]!.subarray(0, 200));
  const piece = fc.constantFrom(
    '-----BEGIN ',
    '-----END ',
    '-----',
    'A',
    'CERTIFICATE',
    '\n',
    '\r\n',
    '=',
    'Zm9v',
    ':',
    '\u{feff}',
    '\0',
    'é',
    pem,
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      survives(() => decodePem(text));
      survives(() => decodeBase64(text));
      for (const encoding of ['utf8', 'utf16le'] as const)
        survives(() => decodePemOrDer(new Uint8Array(Buffer.from(text, encoding))));
    }),
    { ...RUNS, numRuns: 2000 },
  );
});

test('size without sense', () => {
  const length = 0x40000;
  const filled = (unit: string) => {
    const pattern = parseHex(unit);
    return new Uint8Array(length).map((_, i) => pattern[i % pattern.length]!);
  };
  // Deeper than any limit, in each form; strings inside strings; many small values; a BEGIN on every line.
  for (const unit of [
    '3080',
    '2480',
    '30830fffff',
    '0483',
    'a080',
    '1fff',
    '0500',
    '020100',
    '0403020100',
    '3180 0500',
    '2480040100',
  ]) {
    const bytes = filled(unit.replaceAll(' ', ''));
    readAll(bytes);
    const body = bytes.subarray(0, length - 6);
    readAll(new Uint8Array([0x30, 0x83, body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff, ...body]));
    readAll(new Uint8Array([0x30, 0x80, ...body.subarray(0, body.length - 2), 0, 0]));
  }
  const lines = '-----BEGIN A-----\n'.repeat(50_000);
  assert.equal(
    survives(() => decodePem(lines)),
    false,
  );
  assert.equal(decodePem('-----BEGIN A-----\n-----END A-----\n'.repeat(20_000)).length, 20_000);
  assert.equal(
    survives(() => decodePemOrDer(new TextEncoder().encode('A'.repeat(length + 1)))),
    false,
  );
});
