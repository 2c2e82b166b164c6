import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { machineGuid } from './machine-guid.ts';
import { findProvider, MS_KEY_STORAGE_PROVIDER, PROVIDERS } from './names.ts';
import { uniqueName } from './unique-name.ts';

const GUID = '4be58f30-7127-42f5-9b76-f47187495247';

describe('unique container names', () => {
  // From published certutil dumps.
  for (const [container, isKsp, digest] of [
    ['TSSecKeySet1', false, 'f686aace6942fb7f7ceb231212eef4a4'],
    ['{EA75381E-6D9B-4BDC-B6C7-5144C96507DD}', false, '3d40ebea7d109ee93b238b96721f0e6d'],
    ['Certificate-LTD-CA', true, '26b68cbdfcd6f5e467996e3f3810f3ca'],
    ['{92761CBA-52AB-4531-9530-12533B1C9AF5}', true, 'cad91794ddf50456b13c563fdc9fe9aa'],
    ['TUFDOM TEST ROOT11-039df928-13db-421e-897b-92548494fc4e', true, '91bce7586107239cd4fbdb362a39205e'],
  ] as const) {
    it(container, () => assert.equal(uniqueName(container, isKsp, GUID), `${digest}_${GUID}`));
  }

  it('keep names apart that no ANSI code page holds', () => {
    assert.notEqual(uniqueName('ключ', false, GUID), uniqueName('本人', false, GUID));
  });
});

describe('machine GUID', () => {
  it('is made once and kept', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'certhaven-guid-'));
    try {
      const [first, second] = await Promise.all([machineGuid(directory), machineGuid(directory)]);
      assert.match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.equal(second, first);
      assert.equal(await machineGuid(directory), first);
      const file = join(directory, 'MachineGuid');
      assert.equal(readFileSync(file, 'utf8'), `${first}\n`);
      writeFileSync(file, 'lost');
      await assert.rejects(machineGuid(directory), (error) => isHresult(error, 'ERROR_INVALID_DATA'));
      assert.equal(readFileSync(file, 'utf8'), 'lost');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describe('provider names', () => {
  it('are found without regard to case, and by alias', () => {
    assert.equal(findProvider('ksp')?.name, MS_KEY_STORAGE_PROVIDER);
    assert.equal(findProvider('microsoft software key storage provider')?.name, MS_KEY_STORAGE_PROVIDER);
    assert.equal(findProvider('TPM')?.name, 'Microsoft Platform Crypto Provider');
    assert.equal(findProvider('Microsoft RSA Schannel Cryptographic Provider')?.provType, 12);
    assert.equal(findProvider('Microsoft Enhanced RSA and AES Cryptographic Provider (Prototype)')?.provType, 24);
    assert.equal(findProvider(''), undefined);
  });

  it('are unique, in the order of -csplist, and their rows hold together', () => {
    const names = PROVIDERS.flatMap(({ name, aliases }) => [name, ...aliases]).map((name) => name.toLowerCase());
    assert.equal(new Set(names).size, names.length);
    const order = PROVIDERS.filter(({ isKsp }) => !isKsp).map(({ name }) => name.toLowerCase());
    assert.deepEqual(order, [...order].sort());
    assert.deepEqual(
      PROVIDERS.map(({ isKsp }) => isKsp),
      PROVIDERS.map((_row, i) => i >= order.length),
      'CSPs before KSPs',
    );
    for (const row of PROVIDERS) {
      assert.equal(row.isKsp, row.provType === 0, row.name);
      for (const lengths of row.algorithms) {
        assert.equal(lengths.keySpec === 0, row.isKsp, row.name);
        assert.ok(lengths.minimum <= lengths.default && lengths.default <= lengths.maximum, row.name);
      }
    }
  });
});
