/** Stores from outside: entries, places, CertIds, files. Over 400 lines because all of it shares the certificates that openssl makes once. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { linesBeforeKill } from '#files/killed-writer.suite';
import type { HresultSymbol } from '#hresult/codes';
import { HresultError, isHresult } from '#hresult/hresult-error';
import { formatSerial } from '#pki/x509/serial-number';
import { makeCtl, makeHolder } from '#test/support/recovery-ca';
import { openCertificateStores } from './open-certificate-stores.ts';
import { openEnterpriseStores } from './open-enterprise-stores.ts';
import { openServiceStores } from './open-service-stores.ts';
import { type OpensslCertificate, opensslCertificate, opensslCrl } from './openssl.suite.ts';
import type { CertificateStore, CertificateStores, KeyProvInfo, StoreEntry } from './ports/certificate-store.ts';

const root = mkdtempSync(join(tmpdir(), 'certhaven-certstore-'));
after(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
function openMachine(): { stores: CertificateStores; directory: string } {
  const directory = join(root, String(made++));
  return { stores: openCertificateStores({ directory }), directory };
}

const P256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
let ca: OpensslCertificate;
let user: OpensslCertificate;
let web: OpensslCertificate;
before(() => {
  ca = opensslCertificate('/CN=Test Root', { serial: '0x0a', extensions: 'basicConstraints=critical,CA:true' });
  user = opensslCertificate('/DC=com/DC=nwtraders/CN=Users/CN=user1/emailAddress=mail@nwtraders.com', {
    serial: '0x1464be10000000000007',
    issuer: ca,
    key: P256,
    extensions: `extendedKeyUsage = 1.3.6.1.4.1.311.10.3.4, emailProtection
subjectAltName = otherName:1.3.6.1.4.1.311.20.2.3;UTF8:user1@nwtraders.com
1.3.6.1.4.1.311.20.2 = ASN1:BMPSTRING:KeyA`,
  });
  web = opensslCertificate('/CN=web', {
    serial: '0x00ff00000000000000000000000000000000ab',
    issuer: ca,
    key: P256,
    extensions: `extendedKeyUsage = serverAuth
subjectAltName = DNS:www.nwtraders.com
1.3.6.1.4.1.311.21.7 = ASN1:SEQUENCE:template
[template]
oid = OID:1.3.6.1.4.1.311.21.8.1.2.3
major = INTEGER:100`,
  });
});

describe('stores that somebody makes', () => {
  it('are there from their first addition on, for whoever has the stores open', async () => {
    const { stores, directory } = openMachine();
    const before = openCertificateStores({ directory });
    assert.throws(() => stores.open('Partners'), fails('ERROR_FILE_NOT_FOUND'));
    const made = stores.open(' Partners ', { create: true });
    assert.equal(made.displayName, 'Partners');
    assert.deepEqual(stores.all.length, 13);
    await made.add(ca.der);
    assert.equal((await before.open('PARTNERS').list()).length, 1);
    assert.equal(before.all.at(-1)!.name, 'Partners');
    // The one that is there is meant, however it is written.
    assert.equal(stores.open('partners', { create: true }).name, 'Partners');
    assert.equal(stores.open('root', { create: true }).name, 'Root');
  });

  it('of the machine are seen through those of a user, not the other way', async () => {
    const { stores: machine, directory } = openMachine();
    const mine = openCertificateStores({ directory: join(directory, '..', `${made++}`), machine });
    await machine.open('Shared', { create: true }).add(ca.der);
    await mine.open('Own', { create: true }).add(user.der);
    const [seen] = await mine.open('Shared').list();
    assert.equal(seen!.physicalStore, '.LocalMachine');
    assert.deepEqual(
      mine.all.slice(13).map(({ name }) => name),
      ['Own', 'Shared'],
    );
    await mine.open('Shared').add(web.der);
    assert.equal((await mine.open('Shared').list()).length, 2);
    assert.equal((await machine.open('Shared').list()).length, 1);
    assert.throws(() => machine.open('Own'), fails('ERROR_FILE_NOT_FOUND'));
  });

  it('have names that folders may have', () => {
    const { stores } = openMachine();
    for (const name of ['', '.', '..', 'a/b', 'a\\b', '.aside-1', 'a\nb', 'x'.repeat(81), 'end.']) {
      assert.throws(() => stores.open(name, { create: true }), fails('ERROR_INVALID_NAME'));
    }
  });
});

const KEY: KeyProvInfo = {
  container: 'le-KeyA-1',
  provider: 'Microsoft Strong Cryptographic Provider',
  providerType: 1,
  flags: 0,
  keySpec: 1,
};

function fails(symbol: HresultSymbol, pattern = /./): (error: unknown) => boolean {
  return (error) => (isHresult(error, symbol) && pattern.test(error.message)) || assert.fail(String(error));
}

async function only(store: CertificateStore): Promise<StoreEntry> {
  const entries = await store.list();
  assert.equal(entries.length, 1);
  return entries[0]!;
}

describe('certificate stores', () => {
  it('are named as in Windows, whatever the case', () => {
    const { stores } = openMachine();
    assert.equal(stores.open('MY').displayName, 'Personal');
    assert.equal(stores.open('request').displayName, 'Certificate Enrollment Requests');
    assert.equal(stores.open('AddressBook').displayName, 'Other People');
    assert.equal(stores.open('kra').displayName, 'KRA');
    assert.throws(() => stores.open('NoStore'), fails('ERROR_FILE_NOT_FOUND', /NoStore/));
    assert.equal(new Set(stores.all.map(({ name }) => name.toLowerCase())).size, stores.all.length);
  });

  it('keep certificates with their properties, and say when they have one already', async () => {
    const { stores, directory } = openMachine();
    const my = stores.open('my');
    assert.deepEqual(await my.list(), []);
    const others = new Map([[127, Uint8Array.of(1, 2)]]);
    assert.equal(await my.add(user.der, { keyProvInfo: KEY, friendlyName: 'Prüfung', others }), 'added');
    assert.equal(await my.add(user.der, { description: 'again' }), 'already in store');
    const again = openCertificateStores({ directory }).open('My');
    const entry = await only(again);
    assert.deepEqual(entry.properties, {
      keyProvInfo: KEY,
      friendlyName: 'Prüfung',
      description: 'again',
      others,
    });
    assert.deepEqual(entry.certificate.raw, user.der);
    assert.deepEqual(await stores.open('Root').list(), []);
  });

  it('name a certificate by the SHA-1 that openssl computes, and keep it as openssl reads it', async () => {
    const { stores, directory } = openMachine();
    await stores.open('CA').add(ca.der);
    const [name] = readdirSync(join(directory, 'CA', 'Certificates'));
    const path = join(directory, 'CA', 'Certificates', name!, 'certificate.crt');
    const printed = execFileSync('openssl', ['x509', '-in', path, '-noout', '-fingerprint', '-sha1'], {
      encoding: 'utf8',
    });
    assert.equal(printed.trim().split('=')[1]!.replaceAll(':', ''), name);
    assert.equal((await only(stores.open('CA'))).thumbprint.toUpperCase(), name);
  });

  it('set and remove properties, one by one and by number', async () => {
    const { stores } = openMachine();
    const my = stores.open('My');
    await my.add(ca.der, { friendlyName: 'a' });
    const entry = await only(my);
    await my.setProperty(entry, 'archived', true);
    await my.setProperty(entry, 'friendlyName', undefined);
    await my.setProperty(entry, 'friendlyName', undefined);
    await my.setPropertyBytes(entry, 11, new Uint8Array(Buffer.from('b\0', 'utf16le')));
    await my.setPropertyBytes(entry, 0x8000, new Uint8Array(0));
    assert.deepEqual((await only(my)).properties, {
      archived: true,
      friendlyName: 'b',
      others: new Map([[0x8000, new Uint8Array(0)]]),
    });
    await assert.rejects(my.setPropertyBytes(entry, 2, new Uint8Array(5)), fails('ERROR_INVALID_DATA'));
    await assert.rejects(my.setPropertyBytes(entry, 0, new Uint8Array(5)), fails('ERROR_INVALID_PARAMETER'));
    await my.remove(entry);
    await assert.rejects(my.setProperty(entry, 'archived', true), fails('CRYPT_E_NOT_FOUND'));
    assert.deepEqual(await my.list(), []);
    assert.equal(await my.remove(entry), false);
  });

  it('remember the request an entry of the Request store stands for', async () => {
    const { stores } = openMachine();
    const enrollment = { requestId: 7, caDnsName: 'ca.nwtraders.com', caName: 'Test CA', displayName: 'Test CA' };
    const archivedKeyHash = new Uint8Array(20).fill(3);
    await stores.open('Request').add(user.der, { enrollment, archivedKeyHash, keyProvInfo: KEY });
    assert.deepEqual((await only(stores.open('REQUEST'))).properties, {
      enrollment,
      archivedKeyHash,
      keyProvInfo: KEY,
    });
  });

  it('refuse what is no certificate and no CRL, and write nothing', async () => {
    const { stores, directory } = openMachine();
    for (const bytes of [new Uint8Array(0), ca.der.subarray(1), opensslCrl(ca)]) {
      await assert.rejects(stores.open('My').add(bytes), HresultError);
    }
    await assert.rejects(stores.open('My').addCrl(ca.der), HresultError);
    assert.throws(() => readdirSync(directory), /ENOENT/);
  });

  it('keep CRLs', async () => {
    const { stores } = openMachine();
    const store = stores.open('CA');
    const crl = opensslCrl(ca);
    assert.equal(await store.addCrl(crl), 'added');
    assert.equal(await store.addCrl(crl), 'already in store');
    const [entry] = await store.listCrls();
    assert.deepEqual(entry!.crl.raw, crl);
    for (const token of ['.0', 'test root', entry!.thumbprint.toUpperCase()]) {
      assert.equal((await store.findCrls(token)).length, 1, token);
    }
    for (const token of ['0', '.1', 'root']) assert.equal((await store.findCrls(token)).length, 0, token);
    assert.equal(await store.removeCrl(entry!), true);
    assert.deepEqual(await store.listCrls(), []);
  });
});

describe('CertId', () => {
  let store: CertificateStore;
  let names: Map<string, string>;
  before(async () => {
    store = openMachine().stores.open('My');
    await store.add(ca.der);
    await store.add(user.der, { keyProvInfo: KEY });
    await store.add(web.der);
    names = new Map((await store.list()).map(({ certificate, thumbprint }) => [nameOf(certificate.raw), thumbprint]));
  });
  function nameOf(der: Uint8Array): string {
    return der.length === ca.der.length ? 'ca' : der.length === user.der.length ? 'user' : 'web';
  }
  async function found(token: string): Promise<string> {
    return (await store.find(token))
      .map(({ certificate }) => nameOf(certificate.raw))
      .sort()
      .join();
  }

  for (const [token, expected] of [
    ['1464be10000000000007', 'user'],
    ['14 64 BE 10 00 00 00 00 00 07', 'user'],
    ['ff00000000000000000000000000000000ab', 'web'],
    ['0a', 'ca'],
    ['user1', 'user'],
    ['USER1', 'user'],
    ['user', ''],
    ['mail@nwtraders.com', 'user'],
    ['user1@NWTRADERS.com', 'user'],
    ['www.nwtraders.com', 'web'],
    ['KeyA', 'user'],
    ['le-keya-1', 'user'],
    ['microsoft strong cryptographic provider', 'user'],
    ['1.3.6.1.4.1.311.10.3.4', 'user'],
    ['1.3.6.1.5.5.7.3.1', 'web'],
    ['1.3.6.1.4.1.311.21.8.1.2.3', 'web'],
    ['2.5.29.37', 'user,web'],
    ['1.2.840.10045.2.1', 'user,web'],
    ['1.2.840.113549.1.1.11', 'ca,user,web'],
    ['Test Root', 'ca'],
    ['', ''],
    ['3', ''],
    ['00', ''],
    ['.0', ''],
    ['..0', ''],
  ] as const) {
    it(`"${token}" stands for ${expected || 'nothing'}`, async () => assert.equal(await found(token), expected));
  }

  it('is a place, a hash of the certificate, or of the public key', async () => {
    const entries = await store.list();
    assert.deepEqual(
      entries.map(({ index }) => index),
      [0, 1, 2],
    );
    for (const entry of entries) {
      assert.deepEqual(await store.find(String(entry.index)), [entry]);
      assert.deepEqual(await store.find(entry.thumbprint), [entry]);
    }
    assert.equal(names.size, 3);
  });

  it('of any kind finds nothing rather than failing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (token) => {
        assert.ok((await store.find(token)).length <= 3);
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it('of a serial is what formatSerial prints', async () => {
    for (const entry of await store.list()) {
      const serial = formatSerial(entry.certificate.tbsCertificate.serialNumber);
      assert.deepEqual(await store.find(serial), [entry]);
    }
  });
});

describe('stores of a user', () => {
  it('show those of the machine, but for My and Request, and do not change them', async () => {
    const machine = openMachine().stores;
    const stores = openCertificateStores({ directory: join(root, 'user'), machine });
    await machine.open('Root').add(ca.der, { friendlyName: 'machine' });
    await machine.open('My').add(user.der);
    await machine.open('Request').add(user.der);
    await machine.open('CA').addCrl(opensslCrl(ca));
    await stores.open('Root').add(web.der);
    assert.deepEqual(await stores.open('My').list(), []);
    assert.deepEqual(await stores.open('Request').list(), []);
    const listed = await stores.open('Root').list();
    assert.deepEqual(
      listed.map(({ index, physicalStore }) => [index, physicalStore]),
      [
        [0, '.Default'],
        [1, '.LocalMachine'],
      ],
    );
    const inherited = listed[1]!;
    const [crl] = await stores.open('CA').listCrls();
    await assert.rejects(stores.open('Root').remove(inherited), fails('ERROR_ACCESS_DENIED'));
    await assert.rejects(stores.open('Root').setProperty(inherited, 'friendlyName', 'x'), fails('ERROR_ACCESS_DENIED'));
    await assert.rejects(stores.open('CA').removeCrl(crl!), fails('ERROR_ACCESS_DENIED'));
    assert.equal((await only(machine.open('Root'))).properties.friendlyName, 'machine');
    assert.equal(await stores.open('Root').add(ca.der), 'added');
    assert.equal(
      (await stores.open('Root').list()).every((entry) => entry.physicalStore === '.Default'),
      true,
    );
    assert.deepEqual([stores.open('Root').isMachineStore, machine.open('Root').isMachineStore], [false, true]);
  });
});

describe('certificate trust lists', () => {
  it('are kept, found by place and hash, seen through and mended as CRLs are', async () => {
    const { stores, directory } = openMachine();
    const signer = await makeHolder({ subject: 'CN=Signer', role: 'ca', parameters: { type: 'ec', curve: 'P-256' } });
    const bytes = await makeCtl(signer, 'List', [signer]);
    const trust = stores.open('Trust');
    assert.deepEqual([await trust.addCtl(bytes), await trust.addCtl(bytes)], ['added', 'already in store']);
    const [entry, ...others] = await trust.listCtls();
    assert.ok(entry && others.length === 0);
    assert.deepEqual([await trust.findCtls('..0'), await trust.findCtls(entry.thumbprint)], [[entry], [entry]]);
    assert.deepEqual(await trust.findCtls('.0'), []);
    await assert.rejects(trust.addCtl(ca.der), fails('CRYPT_E_ASN1_BADTAG'));
    const ofUser = openCertificateStores({ directory: join(root, 'ctl-user'), machine: stores }).open('Trust');
    const [seen] = await ofUser.listCtls();
    await assert.rejects(ofUser.removeCtl(seen!), fails('ERROR_ACCESS_DENIED'));
    writeFileSync(join(directory, 'Trust', 'CTLs', `${entry.thumbprint.toUpperCase()}.ctl`), 'something else');
    assert.deepEqual(
      [(await trust.listCtls()).length, (await trust.listDamaged()).map(({ kind }) => kind)],
      [0, ['ctl']],
    );
    assert.equal(await trust.addCtl(bytes), 'added');
    assert.deepEqual([await trust.removeCtl(entry), await trust.removeCtl(entry)], [true, false]);
  });
});

describe('stores of services and of the enterprise', () => {
  it('are seen one through the other, and changed where they are', async () => {
    const directory = join(root, 'places');
    const published = openCertificateStores({ directory: join(directory, 'elsewhere') }).open('Root');
    const enterprise = openEnterpriseStores({
      directory: join(directory, 'enterprise'),
      published: (name) => (name === 'Root' ? published : undefined),
    });
    const machine = openCertificateStores({ directory: join(directory, 'machine'), enterprise });
    const services = openServiceStores({ directory: join(directory, 'services'), machine });
    await published.add(web.der);
    await enterprise.open('Root').add(ca.der);
    await machine.open('Root').add(user.der);
    const places = async (stores: CertificateStores) =>
      (await stores.open('Root').list()).map(({ physicalStore }) => physicalStore);
    assert.deepEqual(await places(enterprise), ['.Default', '.Directory']);
    assert.deepEqual(await places(machine), ['.Default', '.Enterprise', '.Enterprise']);
    const service = await services.of('CertSvc');
    assert.deepEqual(await places(service), ['.LocalMachine', '.LocalMachine', '.LocalMachine']);
    for (const stores of [enterprise, machine, service]) {
      const entry = (await stores.open('Root').list()).at(-1)!;
      await assert.rejects(stores.open('Root').remove(entry), fails('ERROR_ACCESS_DENIED'));
    }
    assert.deepEqual(enterprise.open('ntauth').displayName, 'NTAuth');
    assert.throws(() => machine.open('NTAuth'), fails('ERROR_FILE_NOT_FOUND'));
  });

  it('of a service are found whatever the case of its name, and hold no path', async () => {
    const machine = openMachine().stores;
    const services = openServiceStores({ directory: join(root, 'services'), machine });
    assert.deepEqual(await services.services(), []);
    await (await services.of('CertSvc')).open('My').add(user.der);
    await only((await services.of('CERTSVC')).open('My'));
    assert.deepEqual(await services.services(), ['CertSvc']);
    for (const name of ['', ' ', '.', '..', '.aside-x', 'a/b', 'a\\b', 'a\0b', 'a.', 'x'.repeat(81)])
      await assert.rejects(services.of(name), fails('ERROR_INVALID_NAME'));
  });
});

describe('store files', () => {
  it('changed by others give coded errors that name them, and are not passed over', async () => {
    const { stores, directory } = openMachine();
    const my = stores.open('My');
    await my.add(user.der, { keyProvInfo: KEY });
    const { thumbprint } = await only(my);
    const folder = join(directory, 'My', 'Certificates', thumbprint.toUpperCase());
    const files = [join(folder, 'certificate.crt'), join(folder, '2.prop')] as const;
    const whole = files.map((path) => readFileSync(path));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1), fc.nat(), fc.nat(255), async (which, at, octet) => {
        const bytes = Buffer.from(whole[which]!);
        bytes[at % bytes.length] = octet;
        writeFileSync(files[which]!, bytes);
        const [listed, damaged] = [await my.list(), await my.listDamaged()];
        writeFileSync(files[which]!, whole[which]!);
        assert.equal(listed.length + damaged.length, 1);
        for (const { error, thumbprint: name } of damaged) {
          assert.ok(isHresult(error, 'ERROR_INVALID_DATA') && error.message.includes(folder), String(error));
          assert.equal(name, thumbprint);
        }
      }),
      { seed: 3, numRuns: 200 },
    );
    await my.add(ca.der);
    writeFileSync(files[0], ca.der);
    assert.deepEqual(
      (await my.list()).map(({ certificate }) => certificate.raw),
      [ca.der],
    );
    const [damaged] = await my.listDamaged();
    assert.match(damaged!.error.message, /named after/);
    assert.equal(await my.add(user.der), 'added');
    assert.deepEqual([(await my.list()).length, await my.listDamaged()], [2, []]);
    assert.deepEqual((await my.find(thumbprint))[0]!.properties.keyProvInfo, KEY);
    writeFileSync(files[0], ca.der);
    assert.equal(await my.removeDamaged(damaged!), true);
    assert.deepEqual([(await my.list()).length, await my.listDamaged()], [1, []]);
  });

  it('that are gone, and properties that are damaged, are told and mended', async () => {
    const { stores, directory } = openMachine();
    const my = stores.open('My');
    await my.add(user.der, { keyProvInfo: KEY, friendlyName: 'Mail' });
    const { thumbprint } = await only(my);
    const folder = join(directory, 'My', 'Certificates', thumbprint.toUpperCase());
    rmSync(join(folder, 'certificate.crt'));
    assert.match((await my.listDamaged())[0]!.error.message, /has no certificate\.crt\.$/);
    assert.equal(await my.add(user.der), 'added');
    writeFileSync(join(folder, '2.prop'), 'cut');
    assert.deepEqual([(await my.list()).length, (await my.listDamaged()).length], [0, 1]);
    assert.equal(await my.add(user.der), 'added');
    // What cannot be read is gone, the others stay.
    assert.deepEqual((await only(my)).properties, { friendlyName: 'Mail' });
    assert.equal(await my.add(user.der), 'already in store');
  });

  it('of a list of the untrusted are all read or none', async () => {
    const { stores, directory } = openMachine();
    const untrusted = stores.open('Disallowed');
    await untrusted.add(user.der);
    await untrusted.add(ca.der);
    const { thumbprint } = (await untrusted.list())[0]!;
    writeFileSync(join(directory, 'Disallowed', 'Certificates', thumbprint.toUpperCase(), 'certificate.crt'), 'x');
    await assert.rejects(untrusted.list(), fails('ERROR_INVALID_DATA', /named after/));
    await assert.rejects(
      openCertificateStores({ directory: `${directory}-user`, machine: stores })
        .open('Disallowed')
        .list(),
    );
  });

  it('of a damaged CRL are named, and it is added again', async () => {
    const { stores, directory } = openMachine();
    const store = stores.open('CA');
    const crl = opensslCrl(ca);
    await store.addCrl(crl);
    const { thumbprint } = (await store.listCrls())[0]!;
    const path = join(directory, 'CA', 'CRLs', `${thumbprint.toUpperCase()}.crl`);
    writeFileSync(path, 'x');
    assert.deepEqual(await store.listCrls(), []);
    const user = openCertificateStores({ directory: `${directory}-user`, machine: stores }).open('CA');
    const [damaged] = await user.listDamaged();
    assert.deepEqual(
      [damaged!.kind, damaged!.thumbprint, damaged!.physicalStore],
      ['crl', thumbprint, '.LocalMachine'],
    );
    await assert.rejects(user.removeDamaged(damaged!), fails('ERROR_ACCESS_DENIED'));
    assert.equal(await store.addCrl(crl), 'added');
    assert.equal((await store.listCrls()).length, 1);
  });

  it('of many processes that add, set and remove at once stay whole', async () => {
    const { stores, directory } = openMachine();
    const others = [1, 2, 3].map(() => openCertificateStores({ directory }).open('My'));
    const added = await Promise.all(others.map((store) => store.add(user.der)));
    assert.deepEqual(added.sort(), ['added', 'already in store', 'already in store']);
    const entry = await only(stores.open('My'));
    await Promise.all([
      others[0]!.setProperty(entry, 'friendlyName', 'f'),
      others[1]!.setProperty(entry, 'description', 'd'),
      others[2]!.setProperty(entry, 'keyProvInfo', KEY),
    ]);
    const { properties } = await only(stores.open('My'));
    assert.deepEqual(properties, { friendlyName: 'f', description: 'd', keyProvInfo: KEY });
    const removed = await Promise.all(others.map((store) => store.remove(entry)));
    assert.deepEqual(removed.sort(), [false, false, true]);
  });

  it('are there and whole after kill -9', async () => {
    const directory = join(root, 'killed');
    const paths = [ca, user, web].map(({ der }, i) => {
      const path = join(root, `${i}.crt`);
      writeFileSync(path, der);
      return path;
    });
    const program = `
      import { readFileSync } from 'node:fs';
      import { openCertificateStores } from '#certstore/open-certificate-stores';
      const [directory, ...paths] = process.argv.slice(1);
      const store = openCertificateStores({ directory }).open('My');
      for (let n = 0; ; n++) {
        for (const path of paths) await store.add(readFileSync(path), { friendlyName: String(n) });
        for (const entry of await store.list()) {
          await store.setProperty(entry, 'description', String(n));
          if (n % 3 === 2) await store.remove(entry);
        }
        console.log(n);
      }`;
    const store = openCertificateStores({ directory }).open('My');
    for (const lines of [1, 5, 9]) {
      await linesBeforeKill(program, [directory, ...paths], lines);
      for (const entry of await store.list()) {
        assert.match(entry.properties.friendlyName ?? '', /^[0-9]+$/);
        assert.match(entry.properties.description ?? '0', /^[0-9]+$/);
      }
    }
    for (const { der } of [ca, user, web]) await store.add(der);
    assert.equal((await store.list()).length, 3);
  });
});
