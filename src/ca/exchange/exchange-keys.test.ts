import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { szOID_KP_CA_EXCHANGE } from '#pki/asn1/oid-table';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { lintCertificate } from '#pki/lint/lint';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionRow, extensionValue } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { keyIdentifier } from '#pki/x509/key-identifier';
import { formatName } from '#pki/x509/name-text';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { certificateText, verifyCertificate } from '#test/support/openssl';
import { archivalRequest, newKey } from '#test/support/requester';
import { KRAF } from '../config/registry-flags.ts';
import { readTemplate } from '../template/templates-in-directory.ts';

describe('the exchange certificate', () => {
  const DAY = 86_400_000;
  let world: AuthorityWorld;

  beforeEach(async () => {
    world = await AuthorityWorld.create();
  });
  afterEach(() => world.close());

  async function exchange(name = 'alice'): Promise<Certificate> {
    return decodeCertificate((await (await world.as(name)).exchangeCertificate()).certificate);
  }

  async function exchangeRows(): Promise<number[]> {
    const rows = await collect(world.ports.database.view({ table: 'Requests' }));
    const isExchange = (flags: unknown) => (Number(flags) & 8) !== 0;
    return rows
      .filter((row) => isExchange(row.get('Request.RequestFlags')))
      .map((row) => Number(row.get('Request.RequestID')));
  }

  test('field by field what MS-WCCE and the sample of MS-WSTEP show', async () => {
    const { certificate: raw, chain } = await (await world.as('alice')).exchangeCertificate();
    const { current } = world.authority;
    assert.deepEqual(chain, [current.certificate.raw]);
    const { tbsCertificate } = decodeCertificate(raw);
    const { subject, issuer, validity, extensions, subjectPublicKeyInfo } = tbsCertificate;
    assert.equal(formatName(subject), 'CN=Contoso CA-Xchg, O=Contoso');
    assert.deepEqual(issuer.raw, current.certificate.tbsCertificate.subject.raw);
    // CN as UTF8String, the other names as the CA has them.
    assert.ok(Buffer.from(subject.raw).includes(Buffer.from([0x0c, 15, ...Buffer.from('Contoso CA-Xchg')])));
    assert.equal(validity.notBefore.getTime(), world.now.getTime() - 10 * 60_000);
    assert.equal(validity.notAfter.getTime(), world.now.getTime() + 7 * DAY);

    assert.deepEqual(
      extensions.map(({ extnID, critical }) => `${critical ? '!' : ''}${extensionRow(extnID)?.name}`),
      [
        '!keyUsage',
        'extKeyUsage',
        'szOID_ENROLL_CERTTYPE_EXTENSION',
        'szOID_CERTIFICATE_TEMPLATE',
        'szOID_APPLICATION_CERT_POLICIES',
        'subjectKeyIdentifier',
        'authorityKeyIdentifier',
        'cRLDistributionPoints',
        'authorityInfoAccess',
      ],
    );
    assert.equal(extensionValue(extensions, EXTENSIONS.keyUsage), KEY_USAGE.keyEncipherment);
    assert.deepEqual(extensionValue(extensions, EXTENSIONS.extKeyUsage), [szOID_KP_CA_EXCHANGE]);
    assert.deepEqual(
      extensionValue(extensions, EXTENSIONS.applicationPolicies)?.map(({ policyIdentifier }) => policyIdentifier),
      [szOID_KP_CA_EXCHANGE],
    );
    assert.equal(extensionValue(extensions, EXTENSIONS.enrollCertType), 'CAExchange');
    assert.deepEqual(extensionValue(extensions, EXTENSIONS.certificateTemplate), {
      templateID: (await readTemplate(world.directory, 'CAExchange'))!.oid,
      templateMajorVersion: 106,
      templateMinorVersion: 0,
    });
    assert.deepEqual(
      extensionValue(extensions, EXTENSIONS.subjectKeyIdentifier),
      await keyIdentifier(subjectPublicKeyInfo, engine),
    );
    assert.deepEqual(
      extensionValue(extensions, EXTENSIONS.authorityKeyIdentifier)?.keyIdentifier,
      extensionValue(current.certificate.tbsCertificate.extensions, EXTENSIONS.subjectKeyIdentifier),
    );
    assert.deepEqual(lintCertificate(tbsCertificate, current.certificate), []);
    assert.match(verifyCertificate(raw, current.certificate.raw, world.now), /: OK$/m);
    assert.match(certificateText(raw), /Public-Key: \(2048 bit\)/);

    const [requestId] = await exchangeRows();
    const row = (await world.ports.database.request(requestId!))!;
    assert.equal(row.RequestFlags, 0xc);
    assert.equal(row.RawRequest, null);
    assert.equal(row.StatusCode, 0);
    assert.equal(row.Disposition, 20);
    assert.equal(row.RequesterName, 'ca01.contoso.com\\Contoso CA');
    assert.equal(row.CallerName, 'CONTOSO\\alice');
  });

  test('one for all who ask at once, and the same after a restart', async () => {
    const certificates = await Promise.all(['alice', 'bob', 'alice', 'officer'].map(exchange));
    assert.equal(new Set(certificates.map(({ raw }) => Buffer.from(raw).toString('hex'))).size, 1);
    assert.equal((await exchangeRows()).length, 1);
    await world.restart();
    assert.deepEqual((await exchange()).raw, certificates[0]!.raw);
    assert.equal((await exchangeRows()).length, 1);
  });

  test('renewed inside the overlap; keys sealed to the old one are taken until it ends, also after a restart', async () => {
    await world.enrollAgents(['kra1'], 1);
    await world.publishArchivalTemplate();
    const start = world.now.getTime();
    const old = await exchange();
    world.now = new Date(start + 6 * DAY - 60_000);
    assert.deepEqual((await exchange()).raw, old.raw);
    world.now = new Date(start + 6 * DAY + 60_000);
    const renewed = await exchange();
    assert.notDeepEqual(renewed.raw, old.raw);
    assert.notDeepEqual(renewed.tbsCertificate.subjectPublicKeyInfo.raw, old.tbsCertificate.subjectPublicKeyInfo.raw);
    await world.restart();
    const send = async (to: Certificate) => {
      const request = await archivalRequest(engine, await newKey(engine), to.raw, 'ArchiveEFS');
      return (await world.as('alice')).submit({ request, attributes: '' });
    };
    assert.equal((await send(old)).disposition, 'issued');
    assert.equal((await send(renewed)).disposition, 'issued');
    world.now = new Date(start + 7 * DAY + 60_000);
    const late = await send(old);
    assert.equal(late.disposition, 'denied');
    assert.equal(late.statusCode, 0x8009100b);
    assert.equal(late.dispositionMessage, 'Error Archiving Private Key');
    assert.equal((await send(renewed)).disposition, 'issued');
  });

  test('an exchange key that left its provider is replaced', async () => {
    const old = await exchange();
    const [provider] = world.ports.providers.all.filter(
      ({ name }) => name === 'Microsoft Software Key Storage Provider',
    );
    const containers = await provider!.listContainers();
    await provider!.deleteKey(containers.find((name) => name.includes('-Xchg('))!);
    await world.restart();
    assert.notDeepEqual((await exchange()).raw, old.raw);
  });

  test('where none can be issued, no key is left behind and the next attempt works', async () => {
    const admin = await world.as('Administrator');
    const flags = { type: 'REG_DWORD', data: KRAF.DISABLEUSEDEFAULTPROVIDER } as const;
    await admin.setRegistry({ path: '', name: 'KRAFlags', value: flags });
    await admin.removeRegistry('EncryptionCSP', 'Provider');
    const before = await world.state();
    await assert.rejects(exchange(), { symbol: 'ERROR_FILE_NOT_FOUND' });
    assert.deepEqual(await world.state(), before);
    await admin.setRegistry({
      path: 'EncryptionCSP',
      name: 'Provider',
      value: { type: 'REG_SZ', data: 'Microsoft Software Key Storage Provider' },
    });
    // No row takes an extension of this length: recording fails after the key was made.
    await admin.setRegistry({
      path: '',
      name: 'CRLPublicationURLs',
      value: { type: 'REG_MULTI_SZ', data: [`2:http://${'x'.repeat(5000)}`] },
    });
    const containers = async () => ((await world.state()) as { keys: unknown }).keys;
    const keys = await containers();
    await assert.rejects(exchange(), { symbol: 'ERROR_INVALID_PARAMETER' });
    assert.deepEqual(await containers(), keys);
    await admin.setRegistry({ path: '', name: 'CRLPublicationURLs', value: { type: 'REG_MULTI_SZ', data: [] } });
    assert.match(formatName((await exchange()).tbsCertificate.subject), /-Xchg/);
  });
});
