import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { parseName } from '#pki/x509/name-text';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { verifyCertificate } from '#test/support/openssl';
import { readConfiguration } from '../config/configuration.ts';
import type { Installation } from './install.ts';

const KSP = 'Microsoft Software Key Storage Provider';

async function createKey({ ports }: AuthorityWorld, container: string) {
  const key = await ports.providers.byName(KSP).createKey({
    container,
    algorithm: { type: 'ec', curve: 'P-256' },
    keySpec: 0,
    policy: { exportable: false, archivable: false },
  });
  key.close();
}

const containers = ({ ports }: AuthorityWorld) => ports.providers.byName(KSP).listContainers();

const service = async ({ directory }: AuthorityWorld) =>
  directory.object(
    `CN=Contoso CA,CN=Enrollment Services,CN=Public Key Services,CN=Services,${directory.configurationDN}`,
  );

/** A CA that has run, whose machine lost its database; `renewals` with a new key came after its installation. */
async function withoutDatabase(
  work: (world: AuthorityWorld, installed: Extract<Installation['key'], { container: string }>) => Promise<void>,
  { renewals = 0 } = {},
): Promise<void> {
  const world = await AuthorityWorld.create();
  const other = await AuthorityWorld.prepare();
  try {
    for (let count = 0; count < renewals; count += 1) {
      await (await world.as('Administrator')).renewCertificate({ reuseKey: false });
      await world.restart();
    }
    const { certificate, key } = world.authority.current;
    world.ports = { ...world.ports, database: other.ports.database };
    await work(world, { container: key.container, certificate });
  } finally {
    await other.close();
    await world.close();
  }
}

test('a key that is there signs a certificate of its own, and stays whatever happens', async () => {
  const world = await AuthorityWorld.prepare();
  try {
    await createKey(world, 'hsm key');
    const key = { container: 'hsm key', certificate: undefined };
    await assert.rejects(world.install({ key, hashAlgorithm: 'SHA7' }));
    assert.deepEqual(await containers(world), ['hsm key']);
    await world.install({ key });
    await world.start();
    const { certificate, key: opened } = world.authority.current;
    assert.equal(opened.container, 'hsm key');
    assert.match(verifyCertificate(certificate.raw, certificate.raw, world.now), /: OK$/m);
    const configuration = await readConfiguration(world.ports.database);
    assert.equal(configuration.string('CNGPublicKeyAlgorithm', 'CSP'), 'ECDSA_P256');
    assert.deepEqual(await containers(world), ['hsm key']);
  } finally {
    await world.close();
  }
});

test('a CA comes back with its certificate and key, on another server', () =>
  withoutDatabase(async (world, key) => {
    const before = await service(world);
    const stores = await world.ports.stores.list('My');
    await world.install({ key, serverName: 'new.contoso.com' });
    await world.start();
    assert.deepEqual(world.authority.current.certificate.raw, key.certificate!.raw);
    assert.deepEqual(await world.ports.stores.list('My'), stores);
    const after = await service(world);
    assert.deepEqual(after!.attributes.get('dNSHostName'), ['new.contoso.com']);
    assert.deepEqual(after!.attributes.get('cACertificate'), before!.attributes.get('cACertificate'));
    const [row] = await collect(world.ports.database.view({ table: 'Requests' }));
    assert.deepEqual(row!.get('RawCertificate'), key.certificate!.raw);
  }));

test('a certificate that renewed others keeps its place in CACertHash', () =>
  withoutDatabase(
    async (world, key) => {
      await world.install({ key });
      const hashes = (await readConfiguration(world.ports.database)).strings('CACertHash');
      assert.deepEqual(hashes.slice(0, 2), ['-', '-']);
      assert.equal(hashes.length, 3);
      await world.start();
      assert.deepEqual(
        [world.authority.current.index, world.authority.current.keyIndex, world.authority.current.key.container],
        [2, 2, 'Contoso CA(2)'],
      );
    },
    { renewals: 2 },
  ));

test('what fails leaves directory, stores and key as they were', () =>
  withoutDatabase(async (world, key) => {
    const before = [await service(world), await world.ports.stores.list('My'), await containers(world)];
    const { ports } = world;
    const database = new Proxy(ports.database, {
      get(target, name) {
        if (name === 'commit') return async () => Promise.reject(hresult('ERROR_DISK_FULL'));
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    world.ports = { ...ports, database };
    await assert.rejects(world.install({ key, serverName: 'new.contoso.com' }), { symbol: 'ERROR_DISK_FULL' });
    world.ports = ports;
    assert.deepEqual([await service(world), await ports.stores.list('My'), await containers(world)], before);
  }));

test('what the directory kept of a CA that was uninstalled stays beside what a new installation writes, or fails to', () =>
  withoutDatabase(
    async (world, key) => {
      const { directory } = world;
      const services = `CN=Public Key Services,CN=Services,${directory.configurationDN}`;
      // Uninstalling AD CS takes away the enrollment service, and leaves all else to whoever cleans up.
      await directory.remove(`CN=Contoso CA,CN=Enrollment Services,${services}`);
      const kra = `CN=Contoso CA,CN=KRA,${services}`;
      await directory.put(kra, new Map([['userCertificate', [new Uint8Array([1])]]]));
      const places = ['AIA', 'Certification Authorities', 'KRA'].map((container) => `CN=Contoso CA,CN=${container}`);
      const kept = () =>
        Promise.all(
          [...places, 'CN=NTAuthCertificates'].map(async (place) => directory.object(`${place},${services}`)),
        );
      const before = await kept();
      assert.ok(before.every((object) => object !== undefined));
      const { stores } = world.ports;
      const named = (await stores.list('My')).find(({ certificate }) =>
        isSameBytes(certificate, key.certificate!.raw),
      )!;
      await stores.remove('My', named.certificate);
      await stores.add('My', named.certificate, { ...named.key!, container: 'gone' });
      await assert.rejects(world.install({ key }), { symbol: 'NTE_BAD_KEYSET' });
      assert.deepEqual(await kept(), before);
      assert.equal(await service(world), undefined);
      await stores.remove('My', named.certificate);
      await world.install({ key });
      assert.deepEqual(await kept(), before);
      assert.ok(await service(world));
    },
    { renewals: 1 },
  ));

test('another key, and a certificate that no root CA has are refused', () =>
  withoutDatabase(async (world, { container, certificate }) => {
    await createKey(world, 'another');

    const refused = (key: Installation['key'], symbol: string, more: Partial<Installation> = {}) =>
      assert.rejects(world.install({ key, ...more }), { symbol });
    await refused({ container: 'nonesuch', certificate }, 'NTE_BAD_KEYSET');
    await refused({ container: 'another', certificate }, 'NTE_BAD_KEY');
    // Its name is that of a CA which the directory has with another certificate.
    await refused({ container: 'another', certificate: undefined }, 'ERROR_ALREADY_EXISTS');
    await refused({ container, certificate: await issuedCertificate() }, 'ERROR_INVALID_DATA');
    world.now = new Date('2037-01-01T00:00:00Z');
    await refused({ container, certificate }, 'CERT_E_EXPIRED');
  }));

test('an entry in My that names another key is not passed over', () =>
  withoutDatabase(async (world, { container, certificate }) => {
    const { stores } = world.ports;
    await stores.remove('My', certificate!.raw);
    await stores.add('My', certificate!.raw, { provider: KSP, container: 'gone', keySpec: 0 });
    await assert.rejects(world.install({ key: { container, certificate } }), { symbol: 'NTE_BAD_KEYSET' });
    assert.equal((await stores.list('My'))[0]!.key?.container, 'gone');
  }));

/** A certificate that a CA signed, and that signs nothing itself. */
async function issuedCertificate(): Promise<Certificate> {
  const world = await AuthorityWorld.create({ installation: { subject: parseName('CN=Other CA') } });
  try {
    return decodeCertificate((await (await world.as('alice')).exchangeCertificate()).certificate);
  } finally {
    await world.close();
  }
}
