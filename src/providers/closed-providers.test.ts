import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { nodeEngine } from '#pki/crypto/node/engine';
import { closedProviders } from './closed-providers.ts';
import { openSoftwareProviders } from './software/open-software-providers.ts';

const directory = mkdtempSync(join(tmpdir(), 'closed-providers-'));
after(() => rmSync(directory, { recursive: true }));

test('a closed key set tells the names of its containers, and opens, takes and loses no key', async () => {
  const own = await openSoftwareProviders({
    directory,
    machineKeyset: true,
    machineGuid: 'b03bc090-dd5b-4d42-94b4-3bf884defe46',
    engine: nodeEngine,
  });
  const made = {
    container: 'CA',
    algorithm: { type: 'ec', curve: 'P-256' },
    keySpec: 0,
    policy: { exportable: true, archivable: false },
  } as const;
  (await own.byName('KSP').createKey(made)).close();
  const closed = closedProviders(own, 'alice is no administrator.', 'be one');
  const denied = { symbol: 'ERROR_ACCESS_DENIED', detail: 'alice is no administrator.', hint: 'be one' };
  for (const provider of [closed.byName('KSP'), closed.all.find(({ name }) => name === own.byName('KSP').name)!]) {
    assert.equal(provider.machineKeyset, true);
    assert.deepEqual(await provider.listContainers(), ['CA']);
    await assert.rejects(provider.openKey('CA'), { ...denied, symbol: 'NTE_BAD_KEYSET' });
    await assert.rejects(provider.createKey({ ...made, container: 'other' }), denied);
    await assert.rejects(provider.importKey(new Uint8Array(1), made), denied);
    await assert.rejects(provider.deleteKey('CA'), denied);
  }
  assert.deepEqual(await own.byName('KSP').listContainers(), ['CA']);
  assert.throws(() => closed.byName('Nobody'), { symbol: 'NTE_KEYSET_NOT_DEF' });
});
