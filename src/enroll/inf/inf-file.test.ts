import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HresultError } from '#hresult/hresult-error';
import type { InfError } from './inf-error.ts';
import { InfFile } from './inf-file.ts';
import { readRequestPolicy } from './request-policy.ts';

const fields = (text: string) =>
  InfFile.parse(`[A]\n${text}`, 'a.inf')
    .lines('A')
    .map((line) => line.fields);

describe('an INF file', () => {
  it('has sections of keys, without regard to case', () => {
    const inf = InfFile.parse('; head\r\n[One]\r\nKey = Value ; tail\r\n\r\n[Two]\n[ONE]\nOther=2', 'a.inf');
    assert.deepEqual(
      inf.lines('one').map(({ key, fields, number }) => [key, fields, number]),
      [
        ['Key', ['Value'], 3],
        ['Other', ['2'], 7],
      ],
    );
    assert.equal(inf.has('TWO'), true);
    assert.deepEqual(inf.lines('three'), []);
  });

  it('keeps what stands in quotes', () => {
    assert.deepEqual(fields('k = "a;b,c=d %e% ""f"""'), [['a;b,c=d %e% "f"']]);
    assert.deepEqual(fields('k = " a " , b'), [[' a ', 'b']]);
    assert.deepEqual(fields('k ='), [[]]);
  });

  it('goes on with _continue_', () => {
    assert.deepEqual(fields('k = "{text}"\n_continue_ = "dns=a&"\n_continue_ = "dns=b"'), [['{text}dns=a&dns=b']]);
  });

  it('knows which lines a field goes on in', () => {
    const [line] = InfFile.parse('[A]\nk = "{text}"\n; remark\n_continue_ = "a&"\n_continue_ = b', 'a.inf').lines('A');
    assert.equal(line!.number, 2);
    assert.deepEqual(line!.continued, [
      { text: 'a&', number: 4 },
      { text: 'b', number: 5 },
    ]);
  });

  it('has remarks after // behind a quoted value, and nowhere else', () => {
    assert.deepEqual(fields('k = "{text}"\n_continue_="a&" // Replace "a"; keep the \'&\'\n_continue_="b"//c'), [
      ['{text}a&b'],
    ]);
    assert.deepEqual(fields('k = http://a/b'), [['http://a/b']]);
    assert.deepEqual(fields('k = "http://a" , //b'), [['http://a', '//b']]);
  });

  it('fills in [Strings]', () => {
    const inf = InfFile.parse('[A]\nk = %Name%.%%x\n[Strings]\nname = "www, too"', 'a.inf');
    assert.deepEqual(inf.lines('A')[0]!.fields, ['www, too.%x']);
  });

  it('fills them in on both sides, and in quotes where there is such a string', () => {
    const inf = InfFile.parse(
      '[Strings]\nszOID_EKU = "2.5.29.37"\nserver = 1.3.6.1.5.5.7.3.1\nclient = 1.3.6.1.5.5.7.3.2\n' +
        '[Extensions]\n%szOID_EKU% = "{text}%SERVER%,"\n_continue_ = "%client% at 5 %, %none%"',
      'a.inf',
    );
    const [line] = inf.lines('Extensions');
    assert.equal(line!.key, '2.5.29.37');
    assert.deepEqual(line!.fields, ['{text}1.3.6.1.5.5.7.3.1,1.3.6.1.5.5.7.3.2 at 5 %, %none%']);
  });

  it('may be UTF-16, UTF-8 with a mark, or ANSI', () => {
    const text = '[NewRequest]\nSubject = "CN=Zoë"';
    const utf16 = new Uint8Array(2 + 2 * text.length);
    utf16.set([0xff, 0xfe]);
    for (let i = 0; i < text.length; i++) utf16[2 + 2 * i] = text.charCodeAt(i);
    for (const bytes of [utf16, new TextEncoder().encode(`\u{feff}${text}`), new TextEncoder().encode(text)]) {
      assert.deepEqual(InfFile.parse(bytes, 'a.inf').lines('NewRequest')[0]!.fields, ['CN=Zoë']);
    }
  });

  it('that is no UTF-8 is of the Western code page', () => {
    const ansi = Uint8Array.from('[NewRequest]\nSubject = "CN=J\u{f6}rg \u{80}"', (character) =>
      character.charCodeAt(0),
    );
    assert.deepEqual(InfFile.parse(ansi, 'a.inf').lines('NewRequest')[0]!.fields, ['CN=Jörg €']);
  });

  const faults: readonly (readonly [text: string, place: string, line: number])[] = [
    ['k = 1', 'a.inf(k = 1)', 1],
    ['[A]\n\nword', 'a.inf(word)', 3],
    ['[A]\n= 1', 'a.inf(= 1)', 2],
    ['[A\nk = 1', 'a.inf([A)', 1],
    ['[A]\nk = "a', 'a.inf(k = "a)', 2],
    ['[A]\n_continue_ = "a"', 'a.inf(_continue_ = "a")', 2],
    ['[A]\nk = %none%', 'a.inf([A] k = "%none%")', 2],
    ['[A]\n%none% = 1', 'a.inf([A] %none% = "1")', 2],
  ];
  for (const [text, place, line] of faults) {
    it(`names the place of ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => InfFile.parse(text, 'a.inf'),
        (error: InfError) => {
          assert.deepEqual([error.symbol, error.place, error.line], ['ERROR_INVALID_PARAMETER', place, line]);
          return true;
        },
      );
    });
  }

  it('of any bytes is read or refused with a code', () => {
    const words = fc.constantFrom(
      '[NewRequest]',
      '[Extensions]',
      'Subject',
      '=',
      '"',
      ';',
      '%',
      ',',
      '{text}',
      '2.5.29.17',
      'CN=a',
      '\n',
      ' ',
      '_continue_',
      'KeyUsage',
      '|',
      '0x',
    );
    const text = fc.oneof(
      fc.array(words, { maxLength: 30 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (value) => {
        try {
          readRequestPolicy(InfFile.parse(value, 'a.inf'));
        } catch (error) {
          assert.ok(error instanceof HresultError, String(error));
        }
      }),
      { seed: 7, numRuns: 1000 },
    );
  });
});
