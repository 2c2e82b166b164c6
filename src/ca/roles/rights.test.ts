import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { exportedRegistry } from '#test/support/exported-registry';
import { archivalRequest, newKey } from '#test/support/requester';
import type { CertificationAuthority } from '../api.ts';
import { Configuration, readConfiguration } from '../config/configuration.ts';
import { ACE_TYPE } from '../template/access-control-entry.ts';
import { decodeSecurityDescriptor, encodeSecurityDescriptor } from '../template/security-descriptor.ts';
import { CA_RIGHT, initialSecurity, rightsOf } from './rights.ts';

let world: AuthorityWorld;
let requestId: number;
let serialNumber: string;

before(async () => {
  world = await AuthorityWorld.create();
  await world.enrollAgents(['kra1'], 1);
  await world.publishArchivalTemplate();
  const admin = await world.as('Administrator');
  await admin.setRights('CONTOSO\\officer', ['Officer']);
  await admin.setRights('CONTOSO\\bob', ['Read']);
  await admin.setRights('CONTOSO\\kra2', ['Administrator']);
  const alice = await world.as('alice');
  const { certificate } = await alice.exchangeCertificate();
  const request = await archivalRequest(engine, await newKey(engine), certificate, 'ArchiveEFS');
  requestId = (await alice.submit({ request, attributes: '' })).requestId;
  serialNumber = (await world.ports.database.certificate(requestId))!.SerialNumber!;
});
after(() => world.close());

const DWORD = { type: 'REG_DWORD', data: 5 } as const;

/** Another one each time: what is so already is nobody's change. */
let skew = 11;

/** What each use case asks for; whoever lacks it gets ERROR_ACCESS_DENIED. */
const CALLS: readonly (readonly [
  name: string,
  may: readonly string[],
  call: (ca: CertificationAuthority) => Promise<unknown>,
])[] = [
  ['searchArchivedKeys', ['officer'], (ca) => ca.searchArchivedKeys('alice')],
  ['recoveryRecipients', ['officer'], (ca) => ca.recoveryRecipients(requestId)],
  ['getArchivedKey', ['officer'], (ca) => ca.getArchivedKey(requestId)],
  ['view', ['officer', 'kra2', 'bob', 'alice'], (ca) => collect(ca.view({ table: 'Requests' }))],
  ['registry', ['officer', 'kra2', 'bob', 'alice'], (ca) => ca.registry()],
  ['setRegistry', ['kra2'], (ca) => ca.setRegistry({ path: '', name: 'LogLevel', value: DWORD })],
  ['removeRegistry', ['kra2'], (ca) => ca.removeRegistry('', 'LogLevel')],
  [
    'importRegistry',
    ['kra2'],
    (ca) => ca.importRegistry(exportedRegistry({ 'Contoso CA': { ClockSkewMinutes: skew++ } })),
  ],
  ['revoke', ['officer'], (ca) => ca.revoke([serialNumber], 0)],
  ['publishCrl', ['kra2'], (ca) => ca.publishCrl()],
  ['setTemplates', ['kra2'], async (ca) => ca.setTemplates((await ca.templates()).map((each) => each.commonName))],
  ['setRights', ['kra2'], (ca) => ca.setRights('CONTOSO\\bob', ['Read'])],
];

for (const [name, may, call] of CALLS) {
  test(`${name}: ${may.join(', ')} and nobody else`, async () => {
    for (const person of ['officer', 'kra2', 'bob', 'alice', 'kra1']) {
      // Authenticated Users may enroll, and Read comes with it.
      if (may.includes(person) || (may.includes('alice') && person === 'kra1')) {
        await call(await world.as(person));
        continue;
      }
      const before = await world.state();
      await assert.rejects(call(await world.as(person)), { symbol: 'ERROR_ACCESS_DENIED' }, person);
      assert.deepEqual(await world.state(), before);
    }
  });
}

test("a key recovery agent retrieves nothing, and a certificate manager is nobody's agent", async () => {
  const agent = await world.as('kra1');
  await assert.rejects(agent.getArchivedKey(requestId), { symbol: 'ERROR_ACCESS_DENIED' });
  const officer = await world.principal('CONTOSO\\officer');
  const rights = rightsOf(await readConfiguration(world.ports.database), officer);
  assert.equal(rights & CA_RIGHT.Officer, CA_RIGHT.Officer);
  assert.equal(rights & CA_RIGHT.Administrator, 0);
});

test('a denial outweighs every grant, also one to a group', async () => {
  const configuration = await readConfiguration(world.ports.database);
  const descriptor = decodeSecurityDescriptor(configuration.binary('Security')!);
  const alice = await world.principal('CONTOSO\\alice');
  const deny = (sid: string, mask: number) => {
    const ace = { type: ACE_TYPE.ACCESS_DENIED, flags: 0, mask, sid, applicationData: new Uint8Array(0) };
    const data = encodeSecurityDescriptor({ ...descriptor, dacl: [...descriptor.dacl!, ace] });
    return new Configuration([{ path: '', name: 'Security', value: { type: 'REG_BINARY', data } }]);
  };
  assert.equal(rightsOf(configuration, alice), CA_RIGHT.Enroll | CA_RIGHT.Read);
  assert.equal(rightsOf(deny(alice.sid, CA_RIGHT.Enroll), alice), 0);
  assert.equal(rightsOf(deny('S-1-1-0', CA_RIGHT.Enroll), alice), 0);
  assert.equal(rightsOf(deny(alice.sid, CA_RIGHT.Read), alice), CA_RIGHT.Enroll);
  assert.equal(rightsOf(deny('S-1-5-21-1-1-1-1', CA_RIGHT.Enroll), alice), CA_RIGHT.Enroll | CA_RIGHT.Read);
});

test('who has which right on a new CA: MS-CSRA 3.1.1.7', () => {
  const grants = (enterprise: boolean) => {
    const data = initialSecurity(enterprise, 'S-1-5-21-1-2-3', 'S-1-5-21-1-2-3-500');
    return decodeSecurityDescriptor(data).dacl!.map((ace) => ('sid' in ace ? [ace.sid, ace.mask] : []));
  };
  assert.deepEqual(grants(true), [
    ['S-1-5-32-544', 0xf],
    ['S-1-5-21-1-2-3-512', 3],
    ['S-1-5-21-1-2-3-519', 3],
    ['S-1-5-11', 0x200],
  ]);
  assert.deepEqual(grants(false), [
    ['S-1-5-32-544', 0xf],
    ['S-1-5-21-1-2-3-500', 3],
    ['S-1-1-0', 0x200],
  ]);
});

test('nobody locks everybody out, by whichever way', async () => {
  const admin = await world.as('Administrator');
  const configuration = await readConfiguration(world.ports.database);
  const descriptor = decodeSecurityDescriptor(configuration.binary('Security')!);
  const before = await world.state();
  const set = (data: Uint8Array) =>
    admin.setRegistry({ path: '', name: 'Security', value: { type: 'REG_BINARY', data } });
  await assert.rejects(set(encodeSecurityDescriptor({ ...descriptor, dacl: [] })), {
    symbol: 'CERTSRV_E_NO_CAADMIN_DEFINED',
  });
  await assert.rejects(set(Uint8Array.of(1, 2, 3)));
  assert.deepEqual(await world.state(), before);
});

test('settings keep their type and their periods', async () => {
  const admin = await world.as('Administrator');
  const before = await world.state();
  const refused = [
    { path: '', name: 'KRACertCount', value: { type: 'REG_SZ', data: '1' } },
    { path: '', name: 'CRLPeriod', value: { type: 'REG_SZ', data: 'Fortnights' } },
  ] as const;
  for (const setting of refused)
    await assert.rejects(admin.setRegistry(setting), { symbol: 'ERROR_INVALID_PARAMETER' });
  await assert.rejects(admin.removeRegistry('', 'Nonesuch'), { symbol: 'ERROR_FILE_NOT_FOUND' });
  assert.deepEqual(await world.state(), before);
});

test('a view tells that a key is archived, and spells it out for nobody', async () => {
  const column = 'Request.RawArchivedKey';
  for (const person of ['Administrator', 'officer', 'bob']) {
    const ca = await world.as(person);
    const restrictions = [{ column: 'Request.RequestID', operator: '=', value: requestId }] as const;
    for (const columns of [undefined, [column]]) {
      const [row] = await collect(ca.view({ table: 'Requests', restrictions, ...(columns ? { columns } : {}) }));
      assert.deepEqual(row!.get(column), new Uint8Array(0));
    }
    const isNotNull = [{ column: 'rawarchivedkey', operator: '!=', value: null }] as const;
    assert.equal((await collect(ca.view({ table: 'Requests', restrictions: isNotNull }))).length, 1);
    for (const name of [column, 'RawArchivedKey', 'request.rawarchivedkey']) {
      const compared = [{ column: name, operator: '<', value: Uint8Array.of(0x30, 0x83) }] as const;
      await assert.rejects(collect(ca.view({ table: 'Requests', restrictions: compared })), {
        symbol: 'ERROR_ACCESS_DENIED',
      });
      await assert.rejects(collect(ca.view({ table: 'Requests', sort: { column: name, descending: false } })), {
        symbol: 'ERROR_ACCESS_DENIED',
      });
    }
  }
});
