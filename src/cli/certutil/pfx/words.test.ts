import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { HresultSymbol } from '#hresult/codes';
import { isHresult } from '#hresult/hresult-error';
import { TranscriptConsole } from '#test/support/transcript';
import { OptionValues } from '../../io/option.ts';
import type { CertutilOption } from '../options.ts';
import { EXPORT_MODIFIERS, IMPORT_MODIFIERS, isModifierList, parseModifiers } from './modifiers.ts';
import { passwordList, passwordOption } from './password.ts';

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

describe('passwordOption', () => {
  const folder = mkdtempSync(join(tmpdir(), 'certhaven-password-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const read = (typed: string | undefined, content = '') => {
    writeFileSync(join(folder, 'file'), content);
    const options = new OptionValues<CertutilOption>(typed === undefined ? [] : [['p', typed]]);
    return passwordOption({ console: new TranscriptConsole(folder), options, out: () => undefined });
  };

  it('is what was typed, or the first line of a file', async () => {
    assert.equal(await read(undefined), undefined);
    assert.equal(await read('a,b'), 'a,b');
    assert.equal(await read('*'), '*');
    assert.equal(await read('a@file'), 'a@file');
    assert.equal(await read('@@file'), '@file');
    assert.equal(await read('@file', 'secret'), 'secret');
    assert.equal(await read('@file', 'in,out\r\nnot this\n'), 'in,out');
    assert.equal(await read('@file', ' blanks count \n'), ' blanks count ');
    assert.equal(await read('@file', '@file\n'), '@file');
  });

  it('has to be there', async () => {
    await assert.rejects(read('@nowhere'), fails('ERROR_FILE_NOT_FOUND'));
    await assert.rejects(read('@file', '\nsecond'), fails('ERROR_INVALID_PASSWORD'));
  });
});
