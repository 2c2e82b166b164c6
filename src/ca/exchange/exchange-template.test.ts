/** The template CAExchange: document 004, "CA Exchange Certificate Generation". */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { szOID_KP_CA_EXCHANGE } from '#pki/asn1/oid-table';
import { publicKeyKind } from '#pki/crypto/public-key';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { AuthorityWorld } from '#test/support/authority-world';
import { eventsOf } from '#test/support/kra-list';
import { Configuration } from '../config/configuration.ts';
import { CRLF } from '../config/registry-flags.ts';
import { encodeTemplateAttributes } from '../template/attributes.ts';
import { parsePeriod } from '../template/period.ts';
import { readTemplate, templatesContainer } from '../template/templates-in-directory.ts';
import { editTemplate, type TemplateChanges } from '../template/versions.ts';

const HOUR = 3_600_000;

describe('the template CAExchange', () => {
  let world: AuthorityWorld;

  beforeEach(async () => {
    world = await AuthorityWorld.create();
  });
  afterEach(() => world.close());

  async function exchange(): Promise<Certificate> {
    return decodeCertificate((await (await world.as('alice')).exchangeCertificate()).certificate);
  }

  function dn(): string {
    return `CN=CAExchange,${templatesContainer(world.directory)}`;
  }

  async function edit(changes: TemplateChanges): Promise<void> {
    const template = editTemplate((await readTemplate(world.directory, 'CAExchange'))!, changes);
    await world.directory.put(dn(), encodeTemplateAttributes(template));
  }

  async function periods(): Promise<(string | number | undefined)[]> {
    const configuration = new Configuration(await world.ports.database.registry());
    return [
      configuration.string('CAXchgValidityPeriod'),
      configuration.dword('CAXchgValidityPeriodUnits'),
      configuration.string('CAXchgOverlapPeriod'),
      configuration.dword('CAXchgOverlapPeriodUnits'),
    ];
  }

  async function setPeriods(validity: [string, number], overlap: [string, number]): Promise<void> {
    const admin = await world.as('Administrator');
    for (const [name, [unit, count]] of [
      ['Validity', validity],
      ['Overlap', overlap],
    ] as const) {
      await admin.setRegistry({ path: '', name: `CAXchg${name}Period`, value: { type: 'REG_SZ', data: unit } });
      await admin.setRegistry({
        path: '',
        name: `CAXchg${name}PeriodUnits`,
        value: { type: 'REG_DWORD', data: count },
      });
    }
  }

  async function demandTemplate(): Promise<void> {
    const data = CRLF.DELETE_EXPIRED_CRLS | CRLF.USE_XCHG_CERT_TEMPLATE;
    await (await world.as('Administrator')).setRegistry({
      path: '',
      name: 'CRLFlags',
      value: { type: 'REG_DWORD', data },
    });
  }

  test('its periods rule, and the registry is rewritten to them, on record', async () => {
    await setPeriods(['Months', 3], ['Weeks', 2]);
    await edit({ expirationPeriod: parsePeriod('3 Days'), overlapPeriod: parsePeriod('6 Hours') });
    const first = await exchange();
    assert.equal(first.tbsCertificate.validity.notAfter.getTime(), world.now.getTime() + 72 * HOUR);
    assert.deepEqual(await periods(), ['Days', 3, 'Hours', 6]);
    const start = world.now.getTime();
    world.now = new Date(start + 65 * HOUR);
    assert.deepEqual((await exchange()).raw, first.raw);
    world.now = new Date(start + 67 * HOUR);
    assert.notDeepEqual((await exchange()).raw, first.raw);
    // Nothing changes where the template is gone one day.
    await world.directory.remove(dn());
    assert.deepEqual(await periods(), ['Days', 3, 'Hours', 6]);
  });

  test('what it says of extensions is written; the provider and the length of the key are not its own to say', async () => {
    await edit({ certificatePolicies: ['1.2.3.4'], minimalKeySize: 4096 });
    const { extensions, subjectPublicKeyInfo } = (await exchange()).tbsCertificate;
    assert.deepEqual(
      extensionValue(extensions, EXTENSIONS.certificatePolicies)?.map(({ policyIdentifier }) => policyIdentifier),
      ['1.2.3.4'],
    );
    const kind = publicKeyKind(subjectPublicKeyInfo);
    assert.equal(kind.type === 'rsa' && kind.bits, 2048);
    const [ksp] = world.ports.providers.all.filter(({ name }) => name === 'Microsoft Software Key Storage Provider');
    assert.ok((await ksp!.listContainers()).some((container) => container.includes('-Xchg(')));
  });

  test('without it, built-in extensions and the periods of the registry', async () => {
    await world.directory.remove(dn());
    await setPeriods(['Days', 2], ['Hours', 1]);
    const { validity, extensions } = (await exchange()).tbsCertificate;
    assert.equal(validity.notAfter.getTime(), world.now.getTime() + 48 * HOUR);
    assert.deepEqual(extensionValue(extensions, EXTENSIONS.extKeyUsage), [szOID_KP_CA_EXCHANGE]);
    assert.equal(extensionValue(extensions, EXTENSIONS.enrollCertType), 'CAExchange');
    assert.equal(extensionValue(extensions, EXTENSIONS.certificateTemplate), undefined);
    assert.deepEqual(await periods(), ['Days', 2, 'Hours', 1]);
  });

  test('an overlap as long as the life does not make a new one for everybody who asks', async () => {
    await world.directory.remove(dn());
    await setPeriods(['Days', 2], ['Weeks', 1]);
    const first = await exchange();
    world.now = new Date(world.now.getTime() + 20 * HOUR);
    assert.deepEqual((await exchange()).raw, first.raw);
    world.now = new Date(world.now.getTime() + 10 * HOUR);
    assert.notDeepEqual((await exchange()).raw, first.raw);
  });

  test('one that ends with the CA itself is kept to the end', async () => {
    const end = world.authority.current.certificate.tbsCertificate.validity.notAfter.getTime();
    world.now = new Date(end - 5 * HOUR);
    const first = await exchange();
    assert.equal(first.tbsCertificate.validity.notAfter.getTime(), end);
    world.now = new Date(end - HOUR);
    assert.deepEqual((await exchange()).raw, first.raw);
  });

  test('changed so that nobody could seal to it: refused, event 96', async () => {
    await edit({ extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'] });
    const events = await eventsOf(world, () => assert.rejects(exchange(), { symbol: 'CERT_E_WRONG_USAGE' }));
    assert.deepEqual(
      events.map(({ eventId }) => eventId),
      [96],
    );
  });

  test('CRLF_USE_XCHG_CERT_TEMPLATE: there must be one, and the account of the CA must be allowed to enroll', async () => {
    await demandTemplate();
    const before = await world.state();
    const events = await eventsOf(world, () => assert.rejects(exchange(), { symbol: 'CERTSRV_E_TEMPLATE_DENIED' }));
    assert.deepEqual(
      events.map(({ eventId, variables }) => [eventId, variables[0]]),
      [[96, 'Denied by Policy Module']],
    );
    assert.deepEqual(await world.state(), before);

    const { sid } = await world.directory.addComputer({ dNSHostName: 'ca01.contoso.com' });
    await assert.rejects(exchange(), { symbol: 'CERTSRV_E_TEMPLATE_DENIED' });
    const { permissions } = (await readTemplate(world.directory, 'CAExchange'))!;
    await edit({ permissions: [...permissions, { type: 'allow', sid, rights: ['read', 'enroll'] }] });
    const { extensions } = (await exchange()).tbsCertificate;
    assert.notEqual(extensionValue(extensions, EXTENSIONS.certificateTemplate), undefined);

    await world.directory.remove(dn());
    world.now = new Date(world.now.getTime() + 160 * HOUR);
    await assert.rejects(exchange(), { symbol: 'CERTSRV_E_UNSUPPORTED_CERT_TYPE' });
  });
});
