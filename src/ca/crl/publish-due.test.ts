import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { publishDueCrl } from './publish-due.ts';

let world: AuthorityWorld;

before(async () => {
  world = await AuthorityWorld.create();
});
after(() => world.close());

async function newest() {
  const rows = await collect(world.ports.database.view({ table: 'CRLs' }));
  return rows.at(-1)!;
}

test('a CRL is published when the one before says so, not sooner, and before that one ends', async () => {
  const first = await newest();
  const due = first.get('CRLNextPublish') as Date;
  const end = first.get('CRLNextUpdate') as Date;
  assert.equal(await publishDueCrl(world.authority), false);
  world.now = new Date(due.getTime() - 1000);
  assert.equal(await publishDueCrl(world.authority), false);
  assert.equal((await newest()).get('CRLNumber'), first.get('CRLNumber'));

  world.now = due;
  assert.ok(due < end);
  assert.equal(await publishDueCrl(world.authority), true);
  assert.equal((await newest()).get('CRLNumber'), Number(first.get('CRLNumber')) + 1);
  assert.equal(await publishDueCrl(world.authority), false);
  const [entry] = (await collect(world.ports.database.audit())).slice(-1);
  assert.deepEqual([entry!.record.eventId, entry!.record.subject], [4872, 'ca01.contoso.com\\Contoso CA']);
});

test('after a long time without a service one is enough', async () => {
  const before = Number((await newest()).get('CRLNumber'));
  world.now = new Date(world.now.getTime() + 400 * 24 * 60 * 60 * 1000);
  assert.equal(await publishDueCrl(world.authority), true);
  assert.equal(await publishDueCrl(world.authority), false);
  assert.equal((await newest()).get('CRLNumber'), before + 1);
});
