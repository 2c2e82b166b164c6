/** Restricted certificate managers: MS-CSRA 3.1.1.7, document 003 "Configuring Certificate Managers". */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { archivalRequest, newKey, pkcs10 } from '#test/support/requester';
import type { CertificationAuthority, OfficerRestriction } from '../api.ts';
import type { Directory } from '../ports.ts';
import { encodeOfficerRights } from './officer-rights.ts';

describe('restricted certificate managers', () => {
  let world: AuthorityWorld;
  /** Whom the directory hides. */
  let hidden: ((account: string) => Error | undefined) | undefined;

  before(async () => {
    world = await AuthorityWorld.create({
      wrap: (ports) => ({ ...ports, directory: hiding(ports.directory) }),
    });
    await world.enrollAgents(['kra1'], 1);
    await world.publishArchivalTemplate();
    await world.addTemplate('EFS', 'Pended', { enrollmentFlags: 2 });
    await world.publish('Pended');
    const admin = await world.as('Administrator');
    await admin.setRights('CONTOSO\\officer', ['Officer']);
    await world.directory.addGroup({ accountName: 'Staff' });
    await world.directory.addGroup({ accountName: 'Managers' });
    await world.directory.addMember('CONTOSO\\Staff', 'CONTOSO\\alice');
  });
  after(() => world.close());

  beforeEach(async () => {
    hidden = undefined;
    await (await world.as('Administrator')).liftOfficerRestrictions('OfficerRights');
  });

  function hiding(directory: Directory): Directory {
    return new Proxy(directory, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name !== 'findPrincipals') return typeof value === 'function' ? value.bind(target) : value;
        return (token: string) => {
          const error = hidden?.(token);
          if (error) throw error;
          return target.findPrincipals(token);
        };
      },
    });
  }

  async function archived(person: string): Promise<number> {
    const ca = await world.as(person);
    const { certificate } = await ca.exchangeCertificate();
    const request = await archivalRequest(engine, await newKey(engine), certificate, 'ArchiveEFS');
    const { requestId, dispositionMessage } = await ca.submit({ request, attributes: '' });
    assert.equal(dispositionMessage, 'Issued');
    return requestId;
  }

  async function pended(person: string): Promise<number> {
    const request = await pkcs10(engine, await newKey(engine));
    const { requestId, disposition } = await (await world.as(person)).submit({
      request,
      attributes: 'CertificateTemplate:Pended',
    });
    assert.equal(disposition, 'pending');
    return requestId;
  }

  async function serialOf(requestId: number): Promise<string> {
    return (await world.ports.database.certificate(requestId))!.SerialNumber!;
  }

  type Call = (ca: CertificationAuthority) => Promise<unknown>;

  async function refuses(call: Call, event: number | undefined): Promise<void> {
    const before = await world.state();
    const failures = async () =>
      (await collect(world.ports.database.audit())).filter(({ record }) => record.outcome === 'failure');
    const known = (await failures()).length;
    await assert.rejects(call(await world.as('officer')), { symbol: 'CERTSRV_E_RESTRICTEDOFFICER' });
    assert.deepEqual(await world.state(), before);
    const made = (await failures()).slice(known);
    assert.deepEqual(
      made.map(({ record }) => [record.eventId, record.subject]),
      event === undefined ? [] : [[event, 'CONTOSO\\officer']],
    );
  }

  const restrict = async (...restrictions: OfficerRestriction[]) =>
    (await world.as('Administrator')).restrictOfficer('OfficerRights', 'CONTOSO\\officer', restrictions);

  const allow = (subject: string, template?: string): OfficerRestriction => ({
    type: 'allow',
    subjects: [subject],
    template,
  });

  test('by group: every step of a recovery, and every decision, stops at others', async () => {
    const own = { archived: await archived('alice'), pended: await pended('alice') };
    const others = { archived: await archived('bob'), pended: await pended('bob') };
    await restrict(allow('CONTOSO\\Staff'));
    const officer = await world.as('officer');
    await refuses((ca) => ca.getArchivedKey(others.archived), 4883);
    await refuses((ca) => ca.recoveryRecipients(others.archived), undefined);
    await refuses((ca) => ca.deny(others.pended), 4868);
    await refuses((ca) => ca.resubmit(others.pended), 4869);
    const bobs = await serialOf(others.archived);
    await refuses((ca) => ca.revoke([bobs], 0), 4870);
    const alices = await serialOf(own.archived);
    // One that is not his spares all the others.
    await refuses((ca) => ca.revoke([alices, bobs], 0), 4870);
    assert.equal((await officer.recoveryRecipients(own.archived)).length, 1);
    await officer.getArchivedKey(own.archived);
    await officer.deny(own.pended);
    await officer.revoke([alices], 0);
    // Other managers go on as before.
    await (await world.as('Administrator')).getArchivedKey(others.archived);
  });

  test('by template: as issued, as asked for while it waits, and as an OID', async () => {
    const archivedKey = await archived('bob');
    const waiting = await pended('bob');
    await restrict(allow('Everyone', 'pended'));
    const officer = await world.as('officer');
    await refuses((ca) => ca.getArchivedKey(archivedKey), 4883);
    assert.equal((await officer.resubmit(waiting)).disposition, 'issued');
    await officer.revoke([await serialOf(waiting)], 0);
    const template = (await world.authority.templates.read()).templates.find(({ cn }) => cn === 'ArchiveEFS')!;
    const { sid } = await world.principal('CONTOSO\\officer');
    const value = {
      type: 'REG_BINARY',
      data: encodeOfficerRights([{ type: 'allow', officer: sid, subjects: ['S-1-1-0'], template: template.oid }]),
    } as const;
    await (await world.as('Administrator')).setRegistry({ path: '', name: 'OfficerRights', value });
    await officer.getArchivedKey(archivedKey);
    const again = await pended('bob');
    await refuses((ca) => ca.deny(again), 4868);
  });

  test('a denial outweighs what is allowed; a manager without an entry manages nothing', async () => {
    const alices = await archived('alice');
    const bobs = await archived('bob');
    await restrict(allow('Everyone'), { type: 'deny', subjects: ['CONTOSO\\Staff'], template: undefined });
    await refuses((ca) => ca.getArchivedKey(alices), 4883);
    await (await world.as('officer')).getArchivedKey(bobs);
    await restrict();
    await refuses((ca) => ca.getArchivedKey(bobs), 4883);
  });

  test('rights of a token add up: an entry of a group reaches its members, and is told', async () => {
    const bobs = await archived('bob');
    await world.directory.addMember('CONTOSO\\Managers', 'CONTOSO\\officer');
    const admin = await world.as('Administrator');
    await admin.setRights('CONTOSO\\Managers', ['Officer']);
    assert.deepEqual(await restrict(allow('CONTOSO\\Staff')), {
      accountName: 'CONTOSO\\officer',
      unrestrictedThrough: ['CONTOSO\\Managers'],
    });
    await (await world.as('officer')).getArchivedKey(bobs);
    await admin.restrictOfficer('OfficerRights', 'CONTOSO\\Managers', [allow('CONTOSO\\Staff')]);
    await refuses((ca) => ca.getArchivedKey(bobs), 4883);
    await admin.setRights('CONTOSO\\Managers', []);
    await world.directory.removeMember('CONTOSO\\Managers', 'CONTOSO\\officer');
  });

  test("where the requester's groups cannot be read a restricted manager is refused, and told why", async () => {
    const alices = await archived('alice');
    await restrict(allow('CONTOSO\\Staff'));
    const refusals: readonly (readonly [Error | undefined, RegExp])[] = [
      [
        hresult('ERROR_ACCESS_DENIED', 'tokenGroups is hidden.'),
        /groups of CONTOSO\\alice cannot be read: tokenGroups/,
      ],
      [hresult('ERROR_NONE_MAPPED', 'nobody'), /groups of CONTOSO\\alice cannot be read: nobody/],
    ];
    for (const [error, detail] of refusals) {
      hidden = (token) => (token === 'CONTOSO\\alice' ? error : undefined);
      await assert.rejects((await world.as('officer')).getArchivedKey(alices), {
        symbol: 'CERTSRV_E_RESTRICTEDOFFICER',
        detail,
        hint: /Pre-Windows 2000 Compatible Access/,
      });
    }
    // By template alone nobody's groups are asked for.
    await restrictUnseen();
    await (await world.as('officer')).getArchivedKey(alices);

    async function restrictUnseen() {
      const seen = hidden;
      hidden = undefined;
      await restrict(allow('Everyone', 'ArchiveEFS'));
      hidden = seen;
    }
  });

  test('restrictions are read as they were set; CA administrators alone set them, for certificate managers alone', async () => {
    const admin = await world.as('Administrator');
    assert.equal(await admin.officerRestrictions('OfficerRights'), undefined);
    await restrict(allow('CONTOSO\\Staff', 'efs'));
    assert.deepEqual(await (await world.as('alice')).officerRestrictions('OfficerRights'), [
      { type: 'allow', officer: 'BUILTIN\\Administrators', subjects: ['Everyone'], template: undefined },
      { type: 'allow', officer: 'CONTOSO\\Domain Admins', subjects: ['Everyone'], template: undefined },
      { type: 'allow', officer: 'CONTOSO\\Enterprise Admins', subjects: ['Everyone'], template: undefined },
      { type: 'allow', officer: 'CONTOSO\\officer', subjects: ['CONTOSO\\Staff'], template: 'EFS' },
    ]);
    const before = await world.state();
    for (const person of ['officer', 'alice', 'kra1']) {
      const ca = await world.as(person);
      await assert.rejects(ca.restrictOfficer('OfficerRights', 'CONTOSO\\officer', []), {
        symbol: 'ERROR_ACCESS_DENIED',
      });
      await assert.rejects(ca.liftOfficerRestrictions('OfficerRights'), { symbol: 'ERROR_ACCESS_DENIED' });
    }
    const wrong: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['ERROR_INVALID_PARAMETER', () => admin.restrictOfficer('OfficerRights', 'CONTOSO\\alice', [])],
      ['ERROR_NONE_MAPPED', () => admin.restrictOfficer('OfficerRights', 'CONTOSO\\nobody', [])],
      ['ERROR_NONE_MAPPED', () => restrict(allow('CONTOSO\\nobody'))],
      ['CERTSRV_E_UNKNOWN_CERT_TYPE', () => restrict(allow('Everyone', 'Nonesuch'))],
      [
        'ERROR_INVALID_DATA',
        () =>
          admin.setRegistry({ path: '', name: 'OfficerRights', value: { type: 'REG_BINARY', data: Uint8Array.of(1) } }),
      ],
    ];
    for (const [symbol, call] of wrong) await assert.rejects(call(), { symbol });
    assert.deepEqual(await world.state(), before);
    const last = (await collect(world.ports.database.audit())).filter(({ record }) => record.eventId === 4890);
    assert.ok(last.some(({ record }) => record.outcome === 'success' && record.fields[0]![1] === 'Yes'));
    assert.ok(last.some(({ record }) => record.outcome === 'failure' && record.subject === 'CONTOSO\\officer'));
  });
});
