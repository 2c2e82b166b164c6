import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { nodeEngine } from '#pki/crypto/node/engine';
import { guardedProviders } from './guarded-providers.ts';
import { openSoftwareProviders } from './software/open-software-providers.ts';

const directory = mkdtempSync(join(tmpdir(), 'guarded-providers-'));
after(() => rmSync(directory, { recursive: true }));

test('a guarded key set tells the names of its containers, opens what one may use, and takes and loses no key', async () => {
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
  const closed = guardedProviders(own, {
    mayChange: false,
    mayUse: (sddl) => sddl === 'D:(A;;GR;;;WD)',
    refused: 'alice is no administrator.',
    hint: 'be one',
  });
  const denied = { symbol: 'ERROR_ACCESS_DENIED', detail: 'alice is no administrator.', hint: 'be one' };
  for (const provider of [closed.byName('KSP'), closed.all.find(({ name }) => name === own.byName('KSP').name)!]) {
    assert.equal(provider.machineKeyset, true);
    assert.deepEqual(await provider.listContainers(), ['CA']);
    await assert.rejects(provider.openKey('CA'), { ...denied, symbol: 'NTE_BAD_KEYSET' });
    await assert.rejects(provider.createKey({ ...made, container: 'other' }), denied);
    await assert.rejects(provider.importKey(new Uint8Array(1), made), denied);
    await assert.rejects(provider.deleteKey('CA'), denied);
    await assert.rejects(provider.setSecurityDescriptor!('CA', 'D:'), denied);
  }
  assert.deepEqual(await own.byName('KSP').listContainers(), ['CA']);
  await own.byName('KSP').setSecurityDescriptor!('ca', 'D:(A;;GR;;;WD)');
  const opened = await closed.byName('KSP').openKey('CA');
  assert.equal(opened.securityDescriptor, 'D:(A;;GR;;;WD)');
  await opened.sign({ name: 'ecdsa', digest: 'sha256' }, new Uint8Array(1));
  opened.close();
  assert.throws(() => closed.byName('Nobody'), { symbol: 'NTE_KEYSET_NOT_DEF' });
});
