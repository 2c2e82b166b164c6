import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { Asn1Error } from './asn1-error.ts';
import { formatHex, parseHex } from './bytes.ts';
import { decodePemOrDer } from './pem.ts';
import { type Asn1Node, decodeTree } from './tree.ts';

const tree = (hex: string) => decodeTree(parseHex(hex));

/** Tags with their offsets, children in brackets. */
function shape({ tag, offset, children }: Asn1Node): string {
  const inner = children ? `(${children.map(shape).join(' ')})` : '';
  return `${tag.toString(16)}@${offset}${inner}`;
}

test('nodes have their places', () => {
  assert.equal(shape(tree('3008 020105 a003 020107')), '30@0(2@2 a0@5(2@7))');
  const root = tree('3080 0500 0000');
  assert.deepEqual([root.isIndefinite, root.headerLength, formatHex(root.content)], [true, 2, '0500']);
  assert.equal(shape(tree('3080 3080 0000 0500 0000')), '30@0(30@2() 5@6)');
  assert.equal(shape(tree('bf8148 03 020101')), '48bf@0(2@4)'.replace('48bf', (200 * 256 + 0xbf).toString(16)));
});

test('strings that hold DER have it as their child', () => {
  assert.equal(shape(tree('0403 020107')), '4@0(2@2)');
  assert.equal(shape(tree('0306 00 3003 020107')), '3@0(30@3(2@5))');
  assert.equal(shape(tree('0404 0402 0500')), '4@0(4@2(5@4))');
  assert.equal(shape(tree('0405 3003 040102')), '4@0(30@2(4@4))');
  const bare = [
    '0400',
    '0401 05',
    '0402 0000',
    '0403 020100 02',
    '0404 0500 0500',
    '0404 0282 0001',
    '0405 3003 02020001',
    '0404 0202 0001',
    '0403 010101',
    '0404 8002 0500',
    '0304 01 020107',
    '0404 1f1f 0100',
    '0405 0603 800102',
    '0404 1e02 d8',
  ].map((hex) => hex.replaceAll(' ', ''));
  for (const hex of bare) {
    const bytes = parseHex(hex);
    bytes[1] = bytes.length - 2;
    assert.equal(shape(decodeTree(bytes)), `${bytes[0]!.toString(16)}@0`, hex);
  }
});

test('strings are not looked into where nobody asked', () => {
  const bare = (hex: string) => shape(decodeTree(parseHex(hex), { encapsulated: false }));
  assert.equal(bare('3009 0403 020107 0302 0005'), '30@0(4@2 3@7)');
});

test('what is no encoding of one value is refused', () => {
  const faults = [
    '',
    '30',
    '3001',
    '3003 0202 01',
    '3080',
    '3080 0500 00',
    '0480 0000',
    '0000',
    '3002 0000',
    '0500 00',
  ];
  for (const hex of [...faults, '30 84 ffffffff', '3f']) assert.throws(() => tree(hex), Asn1Error, hex);
});

test('limits hold', () => {
  const nested = parseHex('3008 3006 3004 3002 0500');
  assert.equal(shape(decodeTree(nested, { depth: 4 })), '30@0(30@2(30@4(30@6(5@8))))');
  assert.throws(() => decodeTree(nested, { depth: 3 }), Asn1Error);
  assert.throws(() => decodeTree(nested, { nodes: 4 }), Asn1Error);
  assert.throws(() => decodeTree(nested, { length: 9 }), Asn1Error);
  let strings: Uint8Array = parseHex('0500');
  for (let i = 0; i < 60; i++) strings = new Uint8Array([0x04, strings.length, ...strings]);
  // A string nested deeper than may be looked into stays a string.
  let deepest = decodeTree(strings, { depth: 10 });
  for (let i = 0; i < 10; i++) deepest = deepest.children![0]!;
  assert.equal(deepest.children, undefined);
});

test('the nodes of the white paper cover its bytes', () => {
  for (const name of ['request.der', 'response.der']) {
    const file = readFileSync(new URL(`../../../test/vectors/whitepaper/${name}`, import.meta.url));
    const bytes = decodePemOrDer(new Uint8Array(file));
    const visit = ({ tag, offset, headerLength, content, children }: Asn1Node): number => {
      if (!children) return offset + headerLength + content.length;
      let at = offset + headerLength + (tag === 3 ? 1 : 0);
      for (const child of children) {
        assert.equal(child.offset, at);
        at = visit(child);
      }
      assert.equal(at, offset + headerLength + content.length);
      return at;
    };
    assert.equal(visit(decodeTree(bytes)), bytes.length);
  }
});

test('any bytes give a tree or an Asn1Error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        decodeTree(bytes);
      } catch (error) {
        assert.ok(error instanceof Asn1Error);
      }
    }),
    { seed: 1, numRuns: 2000 },
  );
});
