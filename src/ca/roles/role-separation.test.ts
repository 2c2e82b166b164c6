/** RoleSeparationEnabled, and what keeps everybody from locking everybody out. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { newKey, pkcs10 } from '#test/support/requester';
import type { CertificationAuthority } from '../api.ts';
import { readConfiguration } from '../config/configuration.ts';
import { ACE_TYPE } from '../template/access-control-entry.ts';
import { decodeSecurityDescriptor, encodeSecurityDescriptor } from '../template/security-descriptor.ts';
import { CA_RIGHT, type CaRight } from './rights.ts';

const ON = { path: '', name: 'RoleSeparationEnabled', value: { type: 'REG_DWORD', data: 1 } } as const;

describe('separated roles', () => {
  let world: AuthorityWorld;

  before(async () => {
    world = await AuthorityWorld.create();
  });
  after(() => world.close());

  /** Each role to one person. */
  const ROLES: readonly (readonly [string, readonly CaRight[]])[] = [
    ['kra1', ['Administrator']],
    ['officer', ['Officer']],
    ['bob', ['Auditor']],
    ['kra2', ['Operator']],
    ['alice', []],
  ];

  beforeEach(async () => {
    const machine = await world.as('Administrator');
    await machine.setRegistry({ ...ON, value: { type: 'REG_DWORD', data: 0 } });
    await world.restart();
    const admin = await world.as('Administrator');
    for (const [person, rights] of ROLES) await admin.setRights(`CONTOSO\\${person}`, rights);
  });

  test('a person who holds several roles is refused every one of them, from the next start on', async () => {
    const admin = await world.as('Administrator');
    await admin.publishCrl();
    await admin.setRegistry(ON);
    await admin.publishCrl();
    assert.deepEqual(
      await admin.roles().then(({ isSeparated, isSeparatedAtStart }) => [isSeparated, isSeparatedAtStart]),
      [false, true],
    );
    await world.restart();
    const conflicted = await world.as('Administrator');
    const calls: readonly ((ca: CertificationAuthority) => Promise<unknown>)[] = [
      (ca) => ca.publishCrl(),
      (ca) => ca.setRights('CONTOSO\\alice', ['Read']),
      (ca) => ca.setTemplates([]),
      (ca) => ca.setKeyRecoveryAgents([], 0),
      (ca) => ca.setRegistry({ path: '', name: 'LogLevel', value: { type: 'REG_DWORD', data: 4 } }),
      (ca) => ca.setRegistry({ path: '', name: 'AuditFilter', value: { type: 'REG_DWORD', data: 127 } }),
      (ca) => ca.resubmit(1),
      (ca) => ca.deny(1),
      (ca) => ca.searchArchivedKeys('alice'),
      (ca) => ca.getArchivedKey(1),
      (ca) => collect(ca.auditLog()),
    ];
    for (const call of calls)
      await assert.rejects(call(conflicted), { symbol: 'CERTSRV_E_ROLECONFLICT' }, call.toString());
    // Each of those who hold one goes on as before.
    await (await world.as('kra1')).publishCrl();
    await assert.rejects((await world.as('officer')).deny(1), { symbol: 'CERTSRV_E_BAD_REQUESTSTATUS' });
    assert.ok((await collect((await world.as('bob')).auditLog())).length > 0);
    await (await world.as('kra2')).roles();
  });

  test('who holds several roles may still do what everybody may: enroll, and read', async () => {
    const machine = await world.as('Administrator');
    await machine.setRegistry(ON);
    await world.restart();
    const conflicted = await world.as('Administrator');
    await collect(conflicted.view({ table: 'Requests' }));
    const { engine } = world.ports;
    const request = await pkcs10(engine, await newKey(engine));
    const { disposition } = await conflicted.submit({ request, attributes: 'CertificateTemplate:EFS' });
    assert.equal(disposition, 'issued');
  });

  test('roles are separated by administrators of the machine alone, and joined by them whatever roles they hold', async () => {
    for (const person of ['kra1', 'officer', 'bob', 'kra2', 'alice']) {
      const before = await world.state();
      await assert.rejects((await world.as(person)).setRegistry(ON), { symbol: 'ERROR_ACCESS_DENIED' }, person);
      await assert.rejects((await world.as(person)).removeRegistry('', ON.name), { symbol: 'ERROR_ACCESS_DENIED' });
      assert.deepEqual(await world.state(), before);
    }
    await (await world.as('Administrator')).setRegistry(ON);
    await world.restart();
    await (await world.as('Administrator')).removeRegistry('', ON.name);
    await world.restart();
    await (await world.as('Administrator')).publishCrl();
  });

  test('roles are not separated where nobody would be left to manage the CA, and who holds what is told', async () => {
    const admin = await world.as('Administrator');
    await admin.setRights('CONTOSO\\kra1', ['Administrator', 'Officer']);
    const before = await world.state();
    await assert.rejects(admin.setRegistry(ON), {
      symbol: 'CERTSRV_E_NO_CAADMIN_DEFINED',
      detail:
        'With roles separated nobody would be left: CONTOSO\\Administrator holds Manage CA, Issue and Manage Certificates, Auditor, Backup Operator; CONTOSO\\bob holds Auditor; CONTOSO\\kra1 holds Manage CA, Issue and Manage Certificates; CONTOSO\\kra2 holds Backup Operator; CONTOSO\\officer holds Issue and Manage Certificates.',
    });
    assert.deepEqual(await world.state(), before);
  });

  test('where roles are separated nobody is given a second one, by himself or through a group', async () => {
    await world.directory.addGroup({ accountName: 'Managers' }).catch(() => undefined);
    await world.directory.addMember('CONTOSO\\Managers', 'CONTOSO\\kra1');
    await (await world.as('Administrator')).setRegistry(ON);
    await world.restart();
    const admin = await world.as('kra1');
    const before = await world.state();
    const conflict = { symbol: 'CERTSRV_E_ROLECONFLICT' };
    await assert.rejects(admin.setRights('CONTOSO\\officer', ['Officer', 'Auditor']), conflict);
    await assert.rejects(admin.setRights('CONTOSO\\Managers', ['Officer']), conflict);
    await assert.rejects(admin.setRights('CONTOSO\\kra1', ['Administrator', 'Enroll', 'Operator']), conflict);
    const configuration = await readConfiguration(world.ports.database);
    const descriptor = decodeSecurityDescriptor(configuration.binary('Security')!);
    const { sid } = await world.principal('CONTOSO\\officer');
    const second = {
      type: ACE_TYPE.ACCESS_ALLOWED,
      flags: 0,
      mask: CA_RIGHT.Auditor,
      sid,
      applicationData: new Uint8Array(0),
    };
    const data = encodeSecurityDescriptor({ ...descriptor, dacl: [...descriptor.dacl!, second] });
    await assert.rejects(
      admin.setRegistry({ path: '', name: 'Security', value: { type: 'REG_BINARY', data } }),
      conflict,
    );
    // Nor does the only one left take his own role from himself.
    await assert.rejects(admin.setRights('CONTOSO\\kra1', ['Officer']), { symbol: 'CERTSRV_E_NO_CAADMIN_DEFINED' });
    await assert.rejects(admin.removeRegistry('', 'Security'), { symbol: 'CERTSRV_E_NO_CAADMIN_DEFINED' });
    assert.deepEqual(await world.state(), before);
    await admin.setRights('CONTOSO\\alice', ['Auditor']);
  });

  test('a grant to somebody who is gone, or to an empty group, manages nothing', async () => {
    await world.directory.addGroup({ accountName: 'Nobodies' }).catch(() => undefined);
    const admin = await world.as('Administrator');
    const { sid } = await world.principal('CONTOSO\\Nobodies');
    const before = await world.state();
    for (const trustee of [sid, 'S-1-5-21-9-9-9-1234']) {
      const ace = {
        type: ACE_TYPE.ACCESS_ALLOWED,
        flags: 0,
        mask: 1,
        sid: trustee,
        applicationData: new Uint8Array(0),
      };
      const data = encodeSecurityDescriptor({ control: 0, dacl: [ace] });
      await assert.rejects(admin.setRegistry({ path: '', name: 'Security', value: { type: 'REG_BINARY', data } }), {
        symbol: 'CERTSRV_E_NO_CAADMIN_DEFINED',
      });
    }
    assert.deepEqual(await world.state(), before);
  });

  test('the auditor alone chooses what is audited and reads the log; IF_ENABLEADMINASAUDITOR lets the administrator choose', async () => {
    const filter = { path: '', name: 'AuditFilter', value: { type: 'REG_DWORD', data: 0x7f } } as const;
    for (const person of ['kra1', 'officer', 'kra2', 'alice']) {
      await assert.rejects((await world.as(person)).setRegistry(filter), { symbol: 'ERROR_ACCESS_DENIED' }, person);
      await assert.rejects(collect((await world.as(person)).auditLog()), { symbol: 'ERROR_ACCESS_DENIED' }, person);
    }
    await (await world.as('bob')).setRegistry(filter);
    const admin = await world.as('kra1');
    await admin.setRegistry({ path: '', name: 'InterfaceFlags', value: { type: 'REG_DWORD', data: 0x1641 } });
    await admin.setRegistry(filter);
    await assert.rejects(collect(admin.auditLog()), { symbol: 'ERROR_ACCESS_DENIED' });
  });

  test('switching the audit filter off is on record itself', async () => {
    const auditor = await world.as('bob');
    const last = async () => (await collect(world.ports.database.audit())).at(-1)!.record;
    await auditor.setRegistry({ path: '', name: 'AuditFilter', value: { type: 'REG_DWORD', data: 0 } });
    assert.deepEqual([(await last()).eventId, (await last()).fields], [4885, [['AuditFilter', '0']]]);
    await auditor.setRegistry({ path: '', name: 'AuditFilter', value: { type: 'REG_DWORD', data: 127 } });
    assert.deepEqual([(await last()).eventId, (await last()).fields], [4885, [['AuditFilter', '127']]]);
  });
});
