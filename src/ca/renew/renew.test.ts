import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { formatHex } from '#pki/asn1/bytes';
import { encodePem } from '#pki/asn1/pem';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { decodeCertificateList } from '#pki/x509/certificate-list';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { formatSerial, parseSerial } from '#pki/x509/serial-number';
import { AuthorityWorld } from '#test/support/authority-world';
import { hookedPorts } from '#test/support/hooked-ports';
import { openssl, verifyCertificate } from '#test/support/openssl';
import { archivalRequest, newKey, pkcs10, type RequesterKey } from '#test/support/requester';
import { readConfiguration } from '../config/configuration.ts';
import { sanitizeShortName } from '../config/sanitized-name.ts';
import { crlIssuers } from '../crl/crl-issuers.ts';
import { DB_DISP } from '../schema/dispositions.ts';
import {
  aiaContainer,
  certificationAuthoritiesContainer,
  enrollmentService,
} from '../template/templates-in-directory.ts';
import { renewCaCertificate } from './renew.ts';

const MONTH = 30 * 86_400_000;

async function renew(world: AuthorityWorld, reuseKey: boolean) {
  const renewed = await (await world.as('Administrator')).renewCertificate({ reuseKey });
  await world.restart();
  return renewed;
}

async function issue(world: AuthorityWorld, key: RequesterKey) {
  const outcome = await (await world.as('alice')).submit({
    request: await pkcs10(engine, key),
    attributes: 'CertificateTemplate:EFS',
  });
  const certificate = decodeCertificate(outcome.certificate!);
  return { ...outcome, raw: certificate.raw, serial: formatSerial(certificate.tbsCertificate.serialNumber) };
}

const crlFile = (world: AuthorityWorld, suffix: string) => {
  const path = join(world.folder, 'CertEnroll', `Contoso CA${suffix}.crl`);
  return existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined;
};

describe('a CA with three keys', () => {
  let world: AuthorityWorld;
  let key: RequesterKey;
  /** Issued under key 0, then certificate 1 with the same key, then key 2, then key 3. */
  const issued: Awaited<ReturnType<typeof issue>>[] = [];

  before(async () => {
    world = await AuthorityWorld.create();
    key = await newKey(engine);
    issued.push(await issue(world, key));
    for (const reuseKey of [true, false, false]) {
      world.now = new Date(world.now.getTime() + MONTH);
      await renew(world, reuseKey);
      issued.push(await issue(world, key));
    }
  });
  after(() => world.close());

  test('its certificates are V0.0, V1.0, V2.2 and V3.3, each naming the one before it', async () => {
    const { certificates } = world.authority;
    const versions = certificates.map(({ certificate: { tbsCertificate } }) =>
      extensionValue(tbsCertificate.extensions, EXTENSIONS.caVersion),
    );
    assert.deepEqual(versions, [
      { certIndex: 0, keyIndex: 0 },
      { certIndex: 1, keyIndex: 0 },
      { certIndex: 2, keyIndex: 2 },
      { certIndex: 3, keyIndex: 3 },
    ]);
    assert.deepEqual(
      certificates.map(({ key: own }) => own?.container),
      ['Contoso CA', 'Contoso CA', 'Contoso CA(2)', 'Contoso CA(3)'],
    );
    for (const [index, { certificate }] of certificates.entries()) {
      const previous = extensionValue(certificate.tbsCertificate.extensions, EXTENSIONS.previousCaCertHash);
      assert.equal(previous && formatHex(previous), certificates[index - 1]?.thumbprint);
      const pem = encodePem('CERTIFICATE', certificate.raw);
      const time = String(Math.floor(certificate.tbsCertificate.validity.notBefore.getTime() / 1000) + 1);
      openssl(['verify', '-x509_strict', '-check_ss_sig', '-attime', time, '-CAfile', '{ca}', '{ca}'], { ca: pem });
    }
    const { notBefore, notAfter } = certificates[3]!.certificate.tbsCertificate.validity;
    const first = certificates[0]!.certificate.tbsCertificate.validity;
    assert.equal(notAfter.getTime() - notBefore.getTime(), first.notAfter.getTime() - first.notBefore.getTime());
  });

  test('what an older key issued is revoked on the CRL of that key, and openssl sees it there', async () => {
    const officer = await world.as('Administrator');
    world.now = new Date(world.now.getTime() + 60_000);
    await officer.revoke([issued[0]!.serial, issued[2]!.serial], 1);
    await officer.publishCrl();
    const listed = (suffix: string) => {
      const { tbsCertList } = decodeCertificateList(crlFile(world, suffix)!);
      const version = extensionValue(tbsCertList.crlExtensions, EXTENSIONS.caVersion);
      return {
        version,
        revoked: issued.map(({ serial }) => tbsCertList.revokedCertificates.find(parseSerial(serial)) !== undefined),
      };
    };
    assert.deepEqual(listed(''), { version: { certIndex: 1, keyIndex: 0 }, revoked: [true, false, false, false] });
    assert.deepEqual(listed('(2)'), { version: { certIndex: 2, keyIndex: 2 }, revoked: [false, false, true, false] });
    assert.deepEqual(listed('(3)'), { version: { certIndex: 3, keyIndex: 3 }, revoked: [false, false, false, false] });
    assert.equal(crlFile(world, '(1)'), undefined);
    const ca = (index: number) => world.authority.certificates[index]!.certificate.raw;
    const verify = (index: number, issuer: number, suffix: string) => {
      const { notAfter } = decodeCertificate(issued[index]!.raw).tbsCertificate.validity;
      assert.ok(notAfter > world.now, 'the test speaks of certificates that live');
      return verifyCertificate(issued[index]!.raw, ca(issuer), world.now, crlFile(world, suffix));
    };
    // By either certificate of key 0, whichever signed it.
    for (const issuer of [0, 1]) assert.throws(() => verify(0, issuer, ''), /certificate revoked/);
    assert.match(verify(1, 1, ''), /: OK$/m);
    assert.throws(() => verify(2, 2, '(2)'), /certificate revoked/);
    assert.match(verify(3, 3, '(3)'), /: OK$/m);
  });

  test('CRLs that are made together have one number; each URL names its key', async () => {
    const { crls, certificates } = await (await world.as('Administrator')).info();
    assert.deepEqual(
      crls.map(({ keyIndex }) => keyIndex),
      [0, 2, 3],
    );
    const numbers = crls.map(({ crl }) =>
      extensionValue(decodeCertificateList(crl!).tbsCertList.crlExtensions, EXTENSIONS.cRLNumber),
    );
    assert.equal(new Set(numbers).size, 1);
    assert.deepEqual(
      certificates.map(({ cdpUrls }) => /CN=Contoso%20CA([^,]*),/.exec(cdpUrls[0]!)![1]),
      ['', '', '(2)', '(3)'],
    );
    const { certificate } = issued[3]!;
    const [point] = extensionValue(
      decodeCertificate(certificate!).tbsCertificate.extensions,
      EXTENSIONS.cRLDistributionPoints,
    )!;
    assert.match(JSON.stringify(point), /Contoso%20CA\(3\)/);
  });

  test('a certificate of an older key is handed out with the chain of that key', async () => {
    const again = await (await world.as('alice')).retrieve(issued[0]!.requestId);
    const chain = openssl(['pkcs7', '-inform', 'DER', '-in', '{chain}', '-print_certs'], {
      chain: again.certificateChain!,
    });
    const first = encodePem('CERTIFICATE', world.authority.certificates[0]!.certificate.raw, { lineEnding: '\n' });
    assert.ok(chain.includes(first.trim()));
  });

  test('stores, directory and CertEnroll have them all; the enrollment service names the newest', async () => {
    const own = world.authority.certificates.map(({ certificate }) => certificate.raw);
    for (const store of ['My', 'Root', 'CA'] as const) {
      const held = (await world.ports.stores.list(store)).map(({ certificate }) => formatHex(certificate));
      for (const raw of own) assert.ok(held.includes(formatHex(raw)), store);
    }
    const shortName = sanitizeShortName('Contoso CA');
    const certificatesOf = async (dn: string) => (await world.directory.object(dn))!.attributes.get('cACertificate');
    assert.deepEqual(await certificatesOf(aiaContainer(world.directory, shortName)), own);
    assert.deepEqual(await certificatesOf(certificationAuthoritiesContainer(world.directory, shortName)), own);
    assert.deepEqual(await certificatesOf(enrollmentService(world.directory, shortName)), [own[3]]);
    for (const [index, suffix] of ['(1)', '(2)', '(3)'].entries()) {
      const file = join(world.folder, 'CertEnroll', `ca01.contoso.com_Contoso CA${suffix}.crt`);
      assert.deepEqual(new Uint8Array(readFileSync(file)), own[index + 1]);
    }
  });

  test('the exchange certificate is made anew under the new key; keys sealed to the one before still open', async () => {
    await world.publishArchivalTemplate();
    await world.enrollAgents(['kra1'], 1);
    const alice = await world.as('alice');
    const before = await alice.exchangeCertificate();
    const request = await archivalRequest(engine, await newKey(engine), before.certificate, 'ArchiveEFS');
    await renew(world, false);
    const afterwards = await (await world.as('alice')).exchangeCertificate();
    assert.notDeepEqual(afterwards.certificate, before.certificate);
    const newest = world.authority.certificates.at(-1)!.certificate.raw;
    assert.match(verifyCertificate(afterwards.certificate, newest, world.now, crlFile(world, '(4)')), /: OK$/m);
    const { disposition } = await (await world.as('alice')).submit({ request, attributes: '' });
    assert.equal(disposition, 'issued');
  });

  test('with its first key ended it goes on, and no CRL of that key is made any more', async () => {
    const ends = world.authority.certificates[1]!.certificate.tbsCertificate.validity.notAfter;
    world.now = new Date(ends.getTime() + 60_000);
    await world.restart();
    const before = crlFile(world, '');
    await (await world.as('Administrator')).publishCrl();
    assert.deepEqual(crlFile(world, ''), before);
    assert.deepEqual(
      crlIssuers(world.authority).map(({ keyIndex }) => keyIndex),
      [2, 3, 4],
    );
    const { certificate } = await issue(world, key);
    const { current } = world.authority;
    assert.match(verifyCertificate(certificate!, current.certificate.raw, world.now, crlFile(world, '(4)')), /: OK$/m);
    const { certificates } = await (await world.as('Administrator')).info();
    assert.deepEqual(
      certificates.map(({ state }) => state),
      [4, 4, 3, 3, 3],
    );
  });

  test('a retired certificate, "-" in CACertHash, keeps its index', async () => {
    const hashes = (await readConfiguration(world.ports.database)).strings('CACertHash');
    const set = (data: readonly string[]) =>
      world.ports.database.commit([
        { set: 'Registry', path: '', name: 'CACertHash', value: { type: 'REG_MULTI_SZ', data } },
      ]);
    await set(['-', ...hashes.slice(1)]);
    await world.restart();
    assert.deepEqual(
      world.authority.certificates.map(({ index }) => index),
      [1, 2, 3, 4],
    );
    const renewed = await renew(world, true);
    assert.deepEqual([renewed.index, renewed.keyIndex], [5, 4]);
    // The newest one too: the one before it signs again, and is renewed.
    await set(['-', ...hashes.slice(1), '-']);
    await world.restart();
    assert.equal(world.authority.current.index, 4);
    assert.deepEqual((await renew(world, true)).index, 6);
  });
});

describe('a CA with one key', () => {
  let world: AuthorityWorld;
  let fails: ((kind: 'sign' | 'commit') => void) | undefined;

  before(async () => {
    world = await AuthorityWorld.create({
      wrap: (ports) =>
        hookedPorts(ports, {
          sign: async (run) => {
            fails?.('sign');
            return run();
          },
          commit: async (unit, run) => {
            if (unit.some((write) => 'insert' in write && write.insert === 'Signings')) fails?.('commit');
            return run();
          },
        }),
    });
  });
  after(() => world.close());

  test('one whose certificate has ended renews it all the same, and starts', async () => {
    const { notAfter } = world.authority.current.certificate.tbsCertificate.validity;
    world.now = new Date(notAfter.getTime() + 86_400_000);
    await assert.rejects(world.restart(), { symbol: 'CERT_E_EXPIRED' });
    await renewCaCertificate({ ports: world.ports }, await world.principal('CONTOSO\\Administrator'), {
      reuseKey: true,
    });
    await world.restart();
    assert.equal(world.authority.current.index, 1);
    await issue(world, await newKey(engine));
  });

  test('a second renewal waits until the CA has started with the first', async () => {
    const admin = await world.as('Administrator');
    await admin.renewCertificate({ reuseKey: true });
    await assert.rejects(admin.renewCertificate({ reuseKey: true }), { symbol: 'ERROR_BUSY' });
    await world.restart();
  });

  test('KeySpec 2 under a key storage provider: the same key is refused with certificate and cure, a new one is not', async () => {
    const { ports } = world;
    const { certificate } = world.authority.current;
    const serial = formatSerial(certificate.tbsCertificate.serialNumber);
    const location = { provider: 'Microsoft Software Key Storage Provider', container: 'Contoso CA' };
    await ports.stores.remove('My', certificate.raw);
    await ports.stores.add('My', certificate.raw, { ...location, keySpec: 2 });
    // As on Windows the CA works with it.
    await world.restart();
    await issue(world, await newKey(engine));
    const before = await world.state();
    await assert.rejects((await world.as('Administrator')).renewCertificate({ reuseKey: true }), (error: Error) => {
      assert.match(error.message, new RegExp(`${serial}.*KeySpec 2`));
      assert.match((error as Error & { hint: string }).hint, new RegExp(`-repairstore my "${serial}" KeyProv.inf`));
      return (error as Error & { symbol: string }).symbol === 'NTE_BAD_FLAGS';
    });
    assert.deepEqual(await world.state(), before);
    await ports.stores.remove('My', certificate.raw);
    await ports.stores.add('My', certificate.raw, { ...location, keySpec: 0 });
    const { keyIndex } = await renew(world, true);
    assert.equal(keyIndex, 0);
  });

  test('a container that is taken is nobody’s to overwrite', async () => {
    const index = world.authority.certificates.length;
    const provider = world.ports.providers.byName('Microsoft Software Key Storage Provider');
    const made = await provider.createKey({
      container: `Contoso CA(${index})`,
      algorithm: { type: 'rsa', modulusLength: 1024 },
      keySpec: 0,
      policy: { exportable: false, archivable: false },
    });
    made.close();
    const before = await world.state();
    await assert.rejects((await world.as('Administrator')).renewCertificate({ reuseKey: false }), {
      symbol: 'NTE_EXISTS',
    });
    assert.deepEqual(await world.state(), before);
    await provider.deleteKey(`Contoso CA(${index})`);
  });

  test('what fails before it is recorded leaves nothing, the new key neither', async () => {
    const before = await world.state();
    fails = (kind) => {
      if (kind === 'commit') throw new RangeError('no disk');
    };
    await assert.rejects((await world.as('Administrator')).renewCertificate({ reuseKey: false }), RangeError);
    fails = undefined;
    assert.deepEqual(await world.state(), before);
  });

  test('what fails once it is recorded is brought to its end by the next start', async () => {
    fails = (kind) => {
      if (kind === 'sign') throw new RangeError('no token');
    };
    await assert.rejects((await world.as('Administrator')).renewCertificate({ reuseKey: false }), RangeError);
    fails = undefined;
    const index = world.authority.certificates.length;
    await world.restart();
    assert.equal(world.authority.current.index, index);
    assert.deepEqual(await world.ports.database.signings(), []);
    assert.equal((await readConfiguration(world.ports.database)).value('RequestId'), undefined);
  });

  test('a place that cannot be written is told by event 80, keeps nothing else from it, and is tried again', async () => {
    const { database } = world.ports;
    const before = (await readConfiguration(database)).strings('CACertPublicationURLs');
    const set = (data: readonly string[]) =>
      database.commit([
        { set: 'Registry', path: '', name: 'CACertPublicationURLs', value: { type: 'REG_MULTI_SZ', data } },
      ]);
    await set(['1:/proc/no/%3%4.crt', ...before]);
    const { index } = await renew(world, true);
    assert.equal((await world.eventIds()).filter((id) => id === 80).length, 1);
    const suffix = world.authority.current.keyIndex === 0 ? '' : `(${world.authority.current.keyIndex})`;
    const { crlExtensions } = decodeCertificateList(crlFile(world, suffix)!).tbsCertList;
    assert.equal(extensionValue(crlExtensions, EXTENSIONS.caVersion)?.certIndex, index);
    assert.equal((await readConfiguration(database)).dword('CACertUnpublished'), 1);
    await set(before);
    await world.restart();
    assert.equal((await readConfiguration(database)).value('CACertUnpublished'), undefined);
    assert.ok(existsSync(join(world.folder, 'CertEnroll', `ca01.contoso.com_Contoso CA(${index}).crt`)));
  });

  test('a renewal whose key is gone keeps the CA on its certificate, and is given up with -f', async () => {
    fails = (kind) => {
      if (kind === 'sign') throw new RangeError('no token');
    };
    await assert.rejects((await world.as('Administrator')).renewCertificate({ reuseKey: false }), RangeError);
    fails = undefined;
    const index = world.authority.certificates.length;
    await world.ports.providers.byName('KSP').deleteKey(`Contoso CA(${index})`);
    await world.restart();
    assert.equal(world.authority.current.index, index - 1);
    const admin = await world.as('Administrator');
    await assert.rejects(admin.renewCertificate({ reuseKey: true }), { symbol: 'ERROR_BUSY' });
    const renewed = await admin.renewCertificate({ reuseKey: false, force: true });
    assert.equal(renewed.index, index);
    const given = await world.ports.database.request((await lastCaRequest()) - 1);
    assert.equal(given?.Disposition, DB_DISP.ERROR);
    await world.restart();
  });

  async function lastCaRequest(): Promise<number> {
    let last = 0;
    for await (const row of world.ports.database.view({
      table: 'Requests',
      restrictions: [{ column: 'Request.Disposition', operator: '=', value: DB_DISP.CA_CERT }],
    }))
      last = Math.max(last, Number(row.get('Request.RequestID')));
    return last;
  }
});
