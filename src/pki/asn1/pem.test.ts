import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHresult } from '#hresult/hresult-error';
import { decodePem, decodePemOrDer, decodeText, encodePem } from './pem.ts';

const REQUEST = new URL('../../../test/vectors/whitepaper/request.der', import.meta.url);
const utf8 = (text: string) => new TextEncoder().encode(text);

test('what is written is read, also after other text and in either line ending', () => {
  const text = fc.stringMatching(/^[A-Za-z0-9 ]{1,20}$/).map((label) => label.trim() || 'X');
  fc.assert(
    fc.property(text, fc.uint8Array({ maxLength: 200 }), fc.constantFrom('\n', '\r\n'), (label, bytes, lineEnding) => {
      const pem = encodePem(label, bytes, { lineEnding });
      for (const line of pem.trimEnd().split(lineEnding)) assert.ok(line.length <= 64 && !/\s$/.test(line));
      assert.deepEqual(decodePem(`Bag Attributes\n${pem}subject=CN = x\n${pem}`), [
        { label, bytes },
        { label, bytes },
      ]);
    }),
    { seed: 1 },
  );
});

test('a file is PEM, base 64 or DER, and text may be UTF-16', () => {
  const bytes = decodePemOrDer(new Uint8Array(readFileSync(REQUEST)));
  const pem = encodePem('NEW CERTIFICATE REQUEST', bytes);
  const base64 = Buffer.from(bytes).toString('base64');
  for (const text of [pem, base64, `${base64}\r\n`, `\u{feff}${base64}`, `\u{feff}${pem}`]) {
    assert.deepEqual(decodePemOrDer(utf8(text)), bytes);
    const utf16 = Buffer.from(text.startsWith('\u{feff}') ? text : `\u{feff}${text}`, 'utf16le');
    assert.deepEqual(decodePemOrDer(utf16), bytes);
    assert.deepEqual(decodePemOrDer(new Uint8Array(utf16.swap16())), bytes);
  }
  assert.equal(decodePemOrDer(bytes), bytes);
  const ofLetters = utf8('0AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
  assert.equal(decodePemOrDer(ofLetters), ofLetters);
  for (const other of [new Uint8Array(0), utf8('  '), utf8('no base 64!'), Uint8Array.of(0x04, 0x81, 0xff)]) {
    assert.equal(decodePemOrDer(other), other);
  }
});

test('damaged blocks are refused', () => {
  const good = encodePem('A', utf8('content'), { lineEnding: '\n' });
  const faults = {
    'no end': good.slice(0, -15),
    'another end': good.replace('END A', 'END B'),
    'a longer end': good.replace('END A', 'END AB'),
    'no dashes': good.replace('BEGIN A-----', 'BEGIN A---'),
    'bad content': good.replace('\n', '\n!'),
    'a begin alone': '-----BEGIN ',
  };
  for (const [what, text] of Object.entries(faults)) {
    assert.throws(
      () => decodePem(text),
      (error) => isHresult(error, 'ERROR_INVALID_DATA'),
      what,
    );
    assert.throws(
      () => decodePemOrDer(utf8(text)),
      (error) => isHresult(error, 'ERROR_INVALID_DATA'),
      what,
    );
  }
  const encrypted = good.replace('\n', '\nProc-Type: 4,ENCRYPTED\n\n');
  assert.throws(
    () => decodePem(encrypted),
    (error) => isHresult(error, 'ERROR_NOT_SUPPORTED'),
  );
  assert.deepEqual(decodePem('no block at all'), []);
});

test('text of a file is UTF-8 unless it says otherwise', () => {
  assert.equal(decodeText(utf8('é')), 'é');
  assert.equal(decodeText(Uint8Array.of(0xff, 0xfe, 0xe9, 0)), 'é');
  assert.equal(decodeText(Uint8Array.of(0xfe, 0xff, 0, 0xe9)), 'é');
  assert.equal(decodeText(Uint8Array.of(0xe9)), '\u{fffd}');
});
