import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseHex } from '#pki/asn1/bytes';
import { decodePemOrDer } from '#pki/asn1/pem';
import { decodeTree } from '#pki/asn1/tree';
import { asn1Lines, asn1Value } from './asn1-lines.ts';

const vector = (name: string) => {
  return new Uint8Array(readFileSync(new URL(`../../../test/vectors/whitepaper/${name}`, import.meta.url)));
};
const linesOf = (bytes: Uint8Array) => [...asn1Lines(decodeTree(bytes))];
const indentOf = (line: string) => line.length - line.trimStart().length;

/**
 * What the page did to the text, and nothing more: a tab before the first line, no-break spaces, trailing blanks, empty
 * lines, and the template identifier, which is longer than the page is wide, moved to a line of its own.
 */
function asPrinted(name: string): string[] {
  const text = new TextDecoder().decode(vector(name)).replaceAll('\u00a0', ' ');
  return text
    .replace(/:[ ]*\n[ ]*\[1\.3\.6/g, ':  [1.3.6')
    .split('\n')
    .map((line) => line.replace(/^\t/, '').trimEnd())
    .filter((line) => line !== '');
}

/**
 * The appendix is indented irregularly: by so many columns it stands right of where the depth of the line puts it, from
 * the given line on. Both first lines lost their place to the cell of the page; the rest are whole runs, moved by hand.
 */
const SHIFTS: Readonly<Record<string, readonly (readonly [line: number, columns: number])[]>> = {
  request: [
    [0, 0],
    [1, -2],
    [18, 1],
    [21, -2],
    [33, -5],
    [34, -2],
    [37, 1],
    [80, -45],
    [81, 1],
  ],
  response: [
    [0, 0],
    [1, 1],
    [195, 3],
    [262, 1],
  ],
};

for (const [name, shifts] of Object.entries(SHIFTS)) {
  test(`the ${name} of the white paper is printed line for line as its appendix A prints it`, () => {
    const ours = linesOf(decodePemOrDer(vector(`${name}.der`)));
    const theirs = asPrinted(`appendix-a-${name}.txt`);
    assert.deepEqual(
      ours.map((line) => line.trim()),
      theirs.map((line) => line.trim()),
    );
    const found: [number, number][] = [];
    for (const [i, line] of theirs.entries()) {
      const shift = indentOf(line) - indentOf(ours[i]!);
      if (shift !== found.at(-1)?.[1]) found.push([i, shift]);
    }
    assert.deepEqual(found, shifts);
  });
}

test('BER is shown as it stands', () => {
  assert.deepEqual(linesOf(parseHex('3080 2480 0401 41 0401 42 0000 0000')), [
    'SEQUENCE : (indefinite length)',
    '   OCTET STRING : (indefinite length)',
    "      OCTET STRING : '41'",
    "      OCTET STRING : '42'",
  ]);
});

test('values of each kind', () => {
  const printed: Record<string, string[]> = {
    '0101ff': ["BOOLEAN : 'FF'"],
    '0201ff': ['INTEGER : -1'],
    '0a0103': ['ENUMERATED : 3'],
    '02050102030405': ["INTEGER : '0102030405'"],
    '0500': ['NULL :'],
    '0400': ['OCTET STRING :'],
    '0301 00': ['BIT STRING UnusedBits:0 :'],
    '0303 04 abc0': ["BIT STRING UnusedBits:4 : 'ABC0'"],
    '0603 550403': ['OBJECT IDENTIFIER :  commonName [2.5.4.3]'],
    '0602 8001': ["OBJECT IDENTIFIER : '8001'"],
    '170d 3034303231303136323335345a': ["UTC TIME : '040210162354Z'"],
    '1e04 0043 0041': ["BMP STRING : 'CA'"],
    '1e03 004300': ["BMP STRING : '004300'"],
    '0c03 41 1b 42': ["UTF8 STRING : '411B42'"],
    '8604 68747470': ["CONTEXT SPECIFIC (6) : 'http'"],
    '8602 4142': ["CONTEXT SPECIFIC (6) : '4142'"],
    '6102 0500': ['APPLICATION (1) :', '   NULL :'],
    bf8148020500: ['CONTEXT SPECIFIC (200) :', '   NULL :'],
    '1000': ['SEQUENCE :'],
    '0d0103': ["UNIVERSAL (13) : '03'"],
  };
  for (const [hex, lines] of Object.entries(printed)) assert.deepEqual(linesOf(parseHex(hex)), lines, hex);
});

test('deep nesting keeps lines that can be read', () => {
  let bytes = parseHex(`0440${'ab'.repeat(64)}`);
  for (let i = 0; i < 40; i++) bytes = new Uint8Array([0x30, 0x82, bytes.length >> 8, bytes.length & 0xff, ...bytes]);
  for (const line of linesOf(bytes)) assert.ok(line.trim().length <= 16 || line.length <= 80, line);
});

test('the JSON value has the places of all nodes', () => {
  assert.deepEqual(asn1Value(decodeTree(parseHex('3008 0201 05 0403 020107'))), {
    type: 'SEQUENCE',
    offset: 0,
    headerLength: 2,
    length: 8,
    indefinite: undefined,
    children: [
      { type: 'INTEGER', offset: 2, headerLength: 2, length: 1, indefinite: undefined, value: '5' },
      {
        type: 'OCTET STRING',
        offset: 5,
        headerLength: 2,
        length: 3,
        indefinite: undefined,
        children: [{ type: 'INTEGER', offset: 7, headerLength: 2, length: 1, indefinite: undefined, value: '7' }],
      },
    ],
  });
});
