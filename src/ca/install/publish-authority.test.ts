import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthorityWorld } from '#test/support/authority-world';
import { enrollmentService } from '../template/templates-in-directory.ts';

test('a CA that came to another server tells the directory when it starts', async () => {
  const world = await AuthorityWorld.create();
  try {
    const { directory } = world.ports;
    const host = async () => {
      const { commonName } = world.authority;
      return (await directory.object(enrollmentService(directory, commonName)))?.attributes.get('dNSHostName');
    };
    assert.deepEqual(await host(), [world.authority.serverName]);
    const value = { type: 'REG_SZ', data: 'new.contoso.com' } as const;
    await (await world.as('Administrator')).setRegistry({ path: '', name: 'CAServerName', value });
    await world.restart();
    assert.deepEqual(await host(), ['new.contoso.com']);
    await world.restart();
    assert.deepEqual(await host(), ['new.contoso.com']);
  } finally {
    await world.close();
  }
});
