import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HresultSymbol } from '#hresult/codes';
import { isHresult } from '#hresult/hresult-error';
import { EXPORT_MODIFIERS, IMPORT_MODIFIERS, isModifierList, parseModifiers } from './modifiers.ts';
import { passwordList } from './password.ts';

function fails(symbol: HresultSymbol): (error: unknown) => boolean {
  return (error) => isHresult(error, symbol) || assert.fail(`${symbol} expected, ${error} came`);
}

describe('modifiers', () => {
  it('are read in any case, with values that hold what they like but commas', () => {
    const { flags, values } = parseModifiers('noexport, NOROOT,friendlyname=a=b c', IMPORT_MODIFIERS);
    assert.deepEqual([...flags], ['NoExport', 'NoRoot']);
    assert.deepEqual([...values], [['FriendlyName', 'a=b c']]);
    assert.equal(parseModifiers(undefined, EXPORT_MODIFIERS).flags.size, 0);
  });

  it('tell a list from a file', () => {
    assert.ok(isModifierList('NoChain,CryptoAlgorithm=x', EXPORT_MODIFIERS));
    for (const word of ['', 'out.pfx', 'NoChain,out.pfx', 'NoChain=1', 'CryptoAlgorithm']) {
      assert.ok(!isModifierList(word, EXPORT_MODIFIERS), word);
      assert.throws(() => parseModifiers(word, EXPORT_MODIFIERS), fails('ERROR_INVALID_PARAMETER'));
    }
  });
});

describe('passwordList', () => {
  it('reads one for all, in and out, or one a file', () => {
    assert.deepEqual(passwordList(undefined, 1), [undefined, undefined]);
    assert.deepEqual(passwordList('x', 2), ['x', 'x', 'x']);
    assert.deepEqual(passwordList('in,out', 2), ['in', 'in', 'out']);
    assert.deepEqual(passwordList('a,*,out', 2), ['a', '*', 'out']);
    assert.deepEqual(passwordList('in,out', 1), ['in', 'out']);
    assert.throws(() => passwordList('a,b,c', 1), fails('ERROR_INVALID_PARAMETER'));
    assert.throws(() => passwordList('a,b,c', 3), fails('ERROR_INVALID_PARAMETER'));
  });
});
