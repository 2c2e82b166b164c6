import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { loadCryptoki } from './load-cryptoki.ts';

test('where the package is not built, what builds it is told', () => {
  assert.throws(
    () => loadCryptoki('/usr/lib/nonesuch.so', 'pkcs11js-that-nobody-built'),
    (error) => isHresult(error, 'ERROR_MOD_NOT_FOUND') && /npm run pkcs11/.test(error.hint ?? ''),
  );
});
