/**
 * Every call that changes something, or hands out an archived key, is on record before it answers, in the unit of work of
 * what it changes. A call that is missing in these tables fails the last test; the length is that of the API, a row a call.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { type Agent, AuthorityWorld, collect } from '#test/support/authority-world';
import { exportedRegistry } from '#test/support/exported-registry';
import { hookedPorts } from '#test/support/hooked-ports';
import { archivalRequest, newKey, pkcs10 } from '#test/support/requester';
import type { CertificationAuthority } from '../api.ts';
import { readConfiguration } from '../config/configuration.ts';
import { AUDITFILTER } from '../config/registry-flags.ts';
import type { Write } from '../ports.ts';

let world: AuthorityWorld;
let agents: readonly Agent[];
let imported = 10;
/** Units of work since the last call began. */
let units: (readonly Write[])[] = [];
/** Refuses a unit, as a full disk does. */
let refuses: (unit: readonly Write[]) => boolean = () => false;

before(async () => {
  world = await AuthorityWorld.create({
    wrap: (ports) =>
      hookedPorts(ports, {
        commit: async (unit, run) => {
          if (refuses(unit)) throw hresult('ERROR_DISK_FULL', 'The disk is full.');
          units.push(unit);
          return run();
        },
      }),
  });
  agents = await world.enrollAgents(['kra1'], 1);
  await world.publishArchivalTemplate();
  await world.addTemplate('EFS', 'Pended', { enrollmentFlags: 2 });
  await world.publish('Pended');
  await (await world.as('Administrator')).setRights('CONTOSO\\officer', ['Officer']);
});
after(() => world.close());

interface Row {
  readonly method: keyof CertificationAuthority;
  readonly what: string;
  readonly as?: string;
  /** Answers the call, after what has to be there for it. */
  readonly prepare: () => Promise<(ca: CertificationAuthority) => Promise<unknown>>;
  /** Security events in order, each with what stands in its unit beside it; `before` where it stands in an earlier one. */
  readonly events: readonly (readonly [eventId: number, beside: string])[];
  /** What was begun stays on record where its end could not be recorded. */
  readonly leavesRecord?: true;
  /** The event of a refusal, by somebody who has no right to the call. */
  readonly refusal: readonly [person: string, eventId: number] | undefined;
}

const request = async (template: string) => ({
  request: await pkcs10(engine, await newKey(engine)),
  attributes: `CertificateTemplate:${template}`,
});

async function archival(): Promise<{ request: Uint8Array; attributes: string }> {
  const { certificate } = await (await world.as('alice')).exchangeCertificate();
  return { request: await archivalRequest(engine, await newKey(engine), certificate, 'ArchiveEFS'), attributes: '' };
}

async function pended(): Promise<number> {
  return (await (await world.as('alice')).submit(await request('Pended'))).requestId;
}

async function issued(): Promise<{ requestId: number; serial: string }> {
  const { requestId } = await (await world.as('alice')).submit(await archival());
  return { requestId, serial: (await world.ports.database.certificate(requestId))!.SerialNumber! };
}

const setting = (name: string, data: number) => ({ path: '', name, value: { type: 'REG_DWORD', data } }) as const;

async function binary(name: string): Promise<Uint8Array> {
  return (await readConfiguration(world.ports.database)).binary(name)!;
}

const ROWS: readonly Row[] = [
  {
    method: 'submit',
    what: 'a request that is issued',
    as: 'alice',
    prepare: async () => {
      const wanted = await request('EFS');
      return (ca) => ca.submit(wanted);
    },
    events: [
      [4886, 'insert Requests'],
      [4887, 'update Certificates'],
    ],
    refusal: undefined,
  },
  {
    method: 'submit',
    what: 'a request with a key to archive',
    as: 'alice',
    prepare: async () => {
      const wanted = await archival();
      return (ca) => ca.submit(wanted);
    },
    events: [
      [4886, 'insert Requests'],
      [4893, 'insert Requests'],
      [4887, 'update Certificates'],
    ],
    refusal: undefined,
  },
  {
    method: 'submit',
    what: 'a request that waits',
    as: 'alice',
    prepare: async () => {
      const wanted = await request('Pended');
      return (ca) => ca.submit(wanted);
    },
    events: [
      [4886, 'insert Requests'],
      [4889, 'insert Requests'],
    ],
    refusal: undefined,
  },
  {
    method: 'submit',
    what: 'a request that is denied',
    as: 'alice',
    prepare: async () => {
      const wanted = await request('WebServer');
      return (ca) => ca.submit(wanted);
    },
    events: [
      [4886, 'insert Requests'],
      [4888, 'insert Requests'],
    ],
    refusal: undefined,
  },
  {
    method: 'submit',
    what: 'bytes that are no request',
    as: 'alice',
    prepare: async () => (ca) => ca.submit({ request: Uint8Array.of(1, 2, 3), attributes: '' }),
    events: [
      [4886, 'insert Requests'],
      [4888, 'insert Requests'],
    ],
    refusal: undefined,
  },
  {
    method: 'resubmit',
    what: 'issued by a manager',
    prepare: async () => {
      const requestId = await pended();
      return (ca) => ca.resubmit(requestId);
    },
    events: [
      [4869, 'insert Certificates'],
      [4887, 'update Certificates'],
    ],
    refusal: ['alice', 4869],
  },
  {
    method: 'deny',
    what: 'denied by a manager',
    prepare: async () => {
      const requestId = await pended();
      return (ca) => ca.deny(requestId);
    },
    events: [[4868, 'update Requests']],
    refusal: ['alice', 4868],
  },
  {
    method: 'setAttributes',
    what: 'attributes of a request that waits',
    prepare: async () => {
      const requestId = await pended();
      return (ca) => ca.setAttributes(requestId, 'note:seen');
    },
    events: [[4874, 'insert Attributes']],
    refusal: ['alice', 4874],
  },
  {
    method: 'setExtension',
    what: 'an extension of a request that waits',
    prepare: async () => {
      const requestId = await pended();
      const extnValue = Uint8Array.of(0x05, 0);
      const flags = { critical: false, disabled: false, dataType: 'binary' } as const;
      return (ca) => ca.setExtension(requestId, { extnID: '1.2.3.4.5', extnValue, ...flags });
    },
    events: [[4873, 'insert Extensions']],
    refusal: ['alice', 4873],
  },
  {
    method: 'deleteRows',
    what: 'a row deleted',
    prepare: async () => {
      const requestId = await pended();
      return (ca) => ca.deleteRows({ requestId });
    },
    events: [[4896, 'delete Requests']],
    refusal: ['officer', 4896],
  },
  {
    method: 'revoke',
    what: 'revoked',
    prepare: async () => {
      const { serial } = await issued();
      return (ca) => ca.revoke([serial], 1);
    },
    events: [[4870, 'update Requests']],
    refusal: ['alice', 4870],
  },
  {
    method: 'getArchivedKey',
    what: 'an archived key',
    prepare: async () => {
      const { requestId } = await issued();
      return (ca) => ca.getArchivedKey(requestId);
    },
    events: [[4883, 'nothing']],
    refusal: ['kra1', 4883],
  },
  {
    method: 'exchangeCertificate',
    what: 'a new exchange certificate',
    as: 'alice',
    prepare: async () => {
      await world.restart();
      world.now = new Date(world.now.getTime() + 7 * 86_400_000);
      await (await world.as('Administrator')).publishCrl();
      return (ca) => ca.exchangeCertificate();
    },
    events: [[4887, 'update Certificates']],
    leavesRecord: true,
    refusal: undefined,
  },
  {
    method: 'publishCrl',
    what: 'a new CRL',
    prepare: async () => (ca) => ca.publishCrl(),
    events: [
      [4871, 'insert CRLs'],
      [4872, 'update CRLs'],
    ],
    refusal: ['officer', 4871],
  },
  {
    method: 'publishCrl',
    what: 'the newest CRL again',
    prepare: async () => (ca) => ca.publishCrl({ republish: true }),
    events: [
      [4871, 'nothing'],
      [4872, 'update CRLs'],
    ],
    refusal: ['officer', 4871],
  },
  {
    method: 'setTemplates',
    what: 'the list of templates',
    prepare: async () => {
      const names = (await (await world.as('Administrator')).templates()).map(({ commonName }) => commonName);
      const toggled = names.includes('CodeSigning')
        ? names.filter((name) => name !== 'CodeSigning')
        : [...names, 'CodeSigning'];
      return (ca) => ca.setTemplates(toggled);
    },
    events: [[4892, 'nothing']],
    refusal: ['officer', 4892],
  },
  {
    method: 'setKeyRecoveryAgents',
    what: 'the key recovery agents',
    prepare: async () => (ca) =>
      ca.setKeyRecoveryAgents(
        agents.map(({ certificate }) => certificate),
        1,
      ),
    events: [
      [4892, 'set Registry'],
      [4892, 'set Registry'],
    ],
    refusal: ['officer', 4892],
  },
  {
    method: 'changeKeyRecoveryAgents',
    what: 'how many key recovery agents are used',
    prepare: async () => (ca) => ca.changeKeyRecoveryAgents({ add: [], remove: [], used: 1 }),
    events: [
      [4892, 'set Registry'],
      [4892, 'set Registry'],
    ],
    refusal: ['officer', 4892],
  },
  {
    method: 'setRights',
    what: 'rights on the CA',
    prepare: async () => (ca) => ca.setRights('CONTOSO\\bob', ['Read']),
    events: [[4882, 'set Registry']],
    refusal: ['officer', 4882],
  },
  {
    method: 'setRegistry',
    what: 'a value of the configuration',
    prepare: async () => (ca) => ca.setRegistry(setting('KRAFlags', 0)),
    events: [[4891, 'set Registry']],
    refusal: ['officer', 4891],
  },
  {
    method: 'setRegistry',
    what: 'the audit filter',
    prepare: async () => (ca) => ca.setRegistry(setting('AuditFilter', 127)),
    events: [[4885, 'set Registry']],
    refusal: ['officer', 4885],
  },
  {
    method: 'setRegistry',
    what: 'the separation of roles',
    prepare: async () => (ca) => ca.setRegistry(setting('RoleSeparationEnabled', 0)),
    events: [[4897, 'set Registry']],
    refusal: ['officer', 4897],
  },
  {
    method: 'setRegistry',
    what: 'the permissions',
    prepare: async () => {
      const data = await binary('Security');
      return (ca) => ca.setRegistry({ path: '', name: 'Security', value: { type: 'REG_BINARY', data } });
    },
    events: [[4882, 'set Registry']],
    refusal: ['officer', 4882],
  },
  {
    method: 'setRegistry',
    what: 'the restrictions of certificate managers',
    prepare: async () => {
      const admin = await world.as('Administrator');
      await admin.restrictOfficer('OfficerRights', 'CONTOSO\\officer', []);
      const data = await binary('OfficerRights');
      await admin.liftOfficerRestrictions('OfficerRights');
      return (ca) => ca.setRegistry({ path: '', name: 'OfficerRights', value: { type: 'REG_BINARY', data } });
    },
    events: [[4890, 'set Registry']],
    refusal: ['officer', 4890],
  },
  {
    method: 'removeRegistry',
    what: 'a value taken away',
    prepare: async () => {
      await (await world.as('Administrator')).setRegistry(setting('Extra', 1));
      return (ca) => ca.removeRegistry('', 'Extra');
    },
    events: [[4891, 'remove Registry']],
    refusal: ['officer', 4891],
  },
  {
    method: 'importRegistry',
    what: 'values of a registration file',
    prepare: async () => {
      // Another one each time: what is so already is no change.
      imported++;
      const file = exportedRegistry({ 'Contoso CA': { ClockSkewMinutes: imported, Imported: imported } });
      return (ca) => ca.importRegistry(file);
    },
    events: [
      [4891, 'set Registry'],
      [4891, 'set Registry'],
    ],
    refusal: ['officer', 4891],
  },
  {
    method: 'restrictOfficer',
    what: 'one manager restricted',
    prepare: async () => (ca) => ca.restrictOfficer('OfficerRights', 'CONTOSO\\officer', []),
    events: [[4890, 'set Registry']],
    refusal: ['officer', 4890],
  },
  {
    method: 'liftOfficerRestrictions',
    what: 'no manager restricted',
    prepare: async () => {
      await (await world.as('Administrator')).restrictOfficer('OfficerRights', 'CONTOSO\\officer', []);
      return (ca) => ca.liftOfficerRestrictions('OfficerRights');
    },
    events: [[4890, 'remove Registry']],
    refusal: ['officer', 4890],
  },
  {
    method: 'renewCertificate',
    what: "the CA's own certificate",
    prepare: async () => {
      await world.restart();
      return (ca) => ca.renewCertificate({ reuseKey: true });
    },
    events: [[4891, 'update Certificates']],
    leavesRecord: true,
    refusal: ['officer', 4891],
  },
  {
    method: 'shutdown',
    what: 'the service stopped',
    prepare: async () => (ca) => ca.shutdown(),
    events: [[4881, 'nothing']],
    refusal: ['officer', 4881],
  },
];

/** What only reads, and hands out nothing that is sealed. */
const READING: ReadonlySet<keyof CertificationAuthority> = new Set<keyof CertificationAuthority>([
  'config',
  'ping',
  'retrieve',
  'info',
  'searchArchivedKeys',
  'recoveryRecipients',
  'keyRecoveryAgents',
  'view',
  'registry',
  'templates',
  'roles',
  'officerRestrictions',
  'auditLog',
  'eventLog',
  'close',
]);

function audited(unit: readonly Write[]): number[] {
  return unit.flatMap((write) => ('append' in write && write.append === 'Audit' ? [write.record.eventId] : []));
}

function changes(unit: readonly Write[]): Set<string> {
  const names = unit.map((write) =>
    Object.entries(write)
      .filter(
        ([verb]) =>
          ['insert', 'update', 'set', 'remove', 'delete'].includes(verb) && !('RequestID' in write && verb === 'set'),
      )
      .map(([verb, table]) => `${verb} ${table}`),
  );
  return new Set(names.flat());
}

async function clean(): Promise<void> {
  refuses = () => false;
  await (await world.as('Administrator')).liftOfficerRestrictions('OfficerRights');
}

for (const { method, what, as: person = 'Administrator', prepare, events, leavesRecord, refusal } of ROWS) {
  test(`${method}, ${what}: ${events.map(([id]) => id).join(', ')} along with what is written`, async () => {
    const call = await prepare();
    units = [];
    await call(await world.as(person));
    assert.deepEqual(
      units.flatMap(audited),
      events.map(([id]) => id),
    );
    for (const [id, beside] of events) {
      const unit = units.find((candidate) => audited(candidate).includes(id))!;
      if (beside !== 'nothing') assert.ok(changes(unit).has(beside), `${id} beside ${[...changes(unit)].join(', ')}`);
    }
    await clean();
  });

  test(`${method}, ${what}: no answer, and no change, that could not be recorded`, async () => {
    const call = await prepare();
    const state = await world.state();
    const [first] = events[0]!;
    refuses = (unit) => audited(unit).includes(first);
    await assert.rejects(call(await world.as(person)), { symbol: 'ERROR_DISK_FULL' });
    refuses = () => false;
    if (!leavesRecord) assert.deepEqual(await world.state(), state);
    await clean();
  });

  if (refusal) {
    test(`${method}, ${what}: a refusal is on record as a failure`, async () => {
      const call = await prepare();
      const state = await world.state();
      units = [];
      await assert.rejects(call(await world.as(refusal[0])), { symbol: 'ERROR_ACCESS_DENIED' });
      assert.deepEqual(units.flatMap(audited), [refusal[1]]);
      const [failure] = (await collect(world.ports.database.audit())).slice(-1);
      assert.deepEqual([failure!.record.outcome, failure!.record.subject], ['failure', `CONTOSO\\${refusal[0]}`]);
      assert.deepEqual(await world.state(), state);
      await clean();
    });
  }
}

test('what the filter leaves out is not recorded, group by group', async () => {
  const admin = await world.as('Administrator');
  const groups: readonly (readonly [number, Row['method'], readonly number[]])[] = [
    [AUDITFILTER.CERTREQUESTS, 'deny', [4868]],
    [AUDITFILTER.CERTREVOCATIONANDCRLS, 'revoke', [4870]],
    [AUDITFILTER.CASECURITY, 'setRights', [4882]],
    [AUDITFILTER.KEYARCHIVAL, 'getArchivedKey', [4883]],
    [AUDITFILTER.CACONFIG, 'setTemplates', [4892]],
  ];
  for (const [bit, method, ids] of groups) {
    for (const [filter, expected] of [
      [bit, ids],
      [0x7f & ~bit, []],
    ] as const) {
      const call = await ROWS.find((row) => row.method === method)!.prepare();
      await admin.setRegistry(setting('AuditFilter', filter));
      units = [];
      await call(admin);
      assert.deepEqual(units.flatMap(audited), expected, `${method} with ${filter}`);
    }
  }
  await admin.setRegistry(setting('AuditFilter', 127));
});

test('every call is either one that reads or in the tables above', async () => {
  const calls = Object.keys(await world.as('alice')) as (keyof CertificationAuthority)[];
  const known = new Set([...READING, ...ROWS.map(({ method }) => method)]);
  assert.deepEqual(
    calls.filter((call) => !known.has(call)),
    [],
  );
  assert.deepEqual(
    [...known].filter((call) => !calls.includes(call)),
    [],
  );
});
