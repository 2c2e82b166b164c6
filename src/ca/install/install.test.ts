import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { lintCertificate } from '#pki/lint/lint';
import { EXTENSIONS, extensionRow, extensionValue } from '#pki/x509/extensions/extension-table';
import { formatName, parseName } from '#pki/x509/name-text';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { certificateText, verifyCertificate } from '#test/support/openssl';
import { readConfiguration } from '../config/configuration.ts';
import { REGISTRY_VALUES } from '../config/registry-values.ts';
import type { AuthorityPorts } from '../ports.ts';
import { DEFAULT_PUBLISHED_TEMPLATES } from '../template/built-in.ts';
import type { Installation } from './install.ts';
import { startAuthority } from './start.ts';

async function withWorld(work: (world: AuthorityWorld) => Promise<void>): Promise<void> {
  const world = await AuthorityWorld.prepare();
  try {
    await work(world);
  } finally {
    await world.close();
  }
}

test('the certificate of an enterprise root, as openssl reads it', () =>
  withWorld(async (world) => {
    await world.install();
    await world.start();
    const { certificate } = world.authority.current;
    const { tbsCertificate } = certificate;
    assert.equal(formatName(tbsCertificate.subject), 'CN=Contoso CA, O=Contoso');
    assert.deepEqual(
      tbsCertificate.extensions.map(({ extnID, critical }) => `${critical ? '!' : ''}${extensionRow(extnID)?.name}`),
      [
        'szOID_ENROLL_CERTTYPE_EXTENSION',
        '!keyUsage',
        '!basicConstraints',
        'subjectKeyIdentifier',
        'szOID_CERTSRV_CA_VERSION',
      ],
    );
    assert.equal(extensionValue(tbsCertificate.extensions, EXTENSIONS.enrollCertType), 'CA');
    assert.deepEqual(extensionValue(tbsCertificate.extensions, EXTENSIONS.caVersion), { certIndex: 0, keyIndex: 0 });
    const text = certificateText(certificate.raw);
    assert.match(text, /Basic Constraints: critical\s+CA:TRUE\s*\n/);
    assert.match(text, /Key Usage: critical\s+Digital Signature, Certificate Sign, CRL Sign\s*\n/);
    assert.match(text, /Signature Algorithm: sha256WithRSAEncryption/);
    assert.match(text, /Not After : Nov 21 09:00:00 2036 GMT/);
    assert.deepEqual(lintCertificate(tbsCertificate, certificate), []);
    assert.match(verifyCertificate(certificate.raw, certificate.raw, world.now), /: OK$/m);
  }));

for (const [name, installation, text] of [
  [
    'P-384 with SHA-384',
    { key: { algorithm: { type: 'ec', curve: 'P-384' } }, hashAlgorithm: 'SHA384' },
    /ecdsa-with-SHA384/,
  ],
  [
    'RSA under a CSP',
    { provider: 'Microsoft Strong Cryptographic Provider', hashAlgorithm: 'SHA1' },
    /sha1WithRSAEncryption/,
  ],
  ['a stand-alone root', { caType: 'stand-alone root' }, /CA:TRUE/],
] as const satisfies readonly (readonly [string, Partial<Installation>, RegExp])[]) {
  test(`${name} installs, starts and signs`, () =>
    withWorld(async (world) => {
      await world.install(installation);
      await world.start();
      const { certificate } = world.authority.current;
      assert.match(certificateText(certificate.raw), text);
      const { certificate: exchange } = await (await world.as('alice')).exchangeCertificate();
      assert.match(certificateText(exchange), /-Xchg/);
      const type = extensionValue(certificate.tbsCertificate.extensions, EXTENSIONS.enrollCertType);
      assert.equal(type, 'caType' in installation ? undefined : 'CA');
    }));
}

test('configuration, directory, stores and database', () =>
  withWorld(async (world) => {
    await world.install();
    const { database, stores } = world.ports;
    const configuration = await readConfiguration(database);
    const [row] = await collect(database.view({ table: 'Requests' }));
    assert.equal(row!.get('Request.Disposition'), 15);
    const raw = row!.get('RawCertificate') as Uint8Array;
    assert.match(String(row!.get('SerialNumber')), /^[0-9a-f]{34}$/);
    assert.equal(row!.get('CommonName'), 'Contoso CA');
    assert.deepEqual(configuration.strings('CACertHash'), [row!.get('CertificateHash')]);
    assert.equal(configuration.dword('CAType'), 0);
    assert.equal(configuration.string('CAServerName'), 'ca01.contoso.com');
    assert.equal(configuration.string('CNGEncryptionAlgorithm', 'EncryptionCSP'), 'AES');
    assert.notEqual(configuration.binary('Security'), undefined);
    // Every value of a type that the table gives it.
    for (const { path, name, value } of await database.registry()) {
      if (name === 'Security') continue;
      const known = REGISTRY_VALUES.find((each) => each.path === path && each.name === name);
      assert.equal(known?.type, value.type, `${path}\\${name}`);
    }
    for (const store of ['My', 'Root', 'CA'] as const) {
      const entries = await stores.list(store);
      assert.deepEqual(
        entries.map(({ certificate }) => certificate),
        [raw],
      );
      assert.equal(entries[0]!.key?.container, store === 'My' ? 'Contoso CA' : undefined);
    }
    const services = `CN=Public Key Services,CN=Services,${world.directory.configurationDN}`;
    const object = async (dn: string) => (await world.directory.object(`CN=Contoso CA,${dn},${services}`))!.attributes;
    assert.deepEqual((await object('CN=AIA')).get('cACertificate'), [raw]);
    assert.deepEqual((await object('CN=Certification Authorities')).get('cACertificate'), [raw]);
    assert.deepEqual((await object('CN=KRA')).get('objectClass'), ['top', 'msPKI-PrivateKeyRecoveryAgent']);
    const service = await object('CN=Enrollment Services');
    assert.deepEqual(service.get('certificateTemplates'), [...DEFAULT_PUBLISHED_TEMPLATES]);
    assert.deepEqual(service.get('dNSHostName'), ['ca01.contoso.com']);
    assert.deepEqual(service.get('cACertificate'), [raw]);
  }));

test('a second installation is refused and changes nothing', () =>
  withWorld(async (world) => {
    await world.install();
    const before = await world.state();
    await assert.rejects(world.install({ subject: parseName('CN=Another') }), { symbol: 'ERROR_ALREADY_EXISTS' });
    assert.deepEqual(await world.state(), before);
  }));

/** Whatever fails, and at which call of it. */
const FAULTS: readonly (readonly [
  fault: string,
  installation: Partial<Installation>,
  spoil: (ports: AuthorityPorts) => AuthorityPorts,
])[] = [
  ['an unknown provider', { provider: 'Nonesuch' }, (ports) => ports],
  [
    'a key of a length that nobody makes',
    { key: { algorithm: { type: 'rsa', modulusLength: 100 } } },
    (ports) => ports,
  ],
  ['a hash that there is not', { hashAlgorithm: 'SHA7' }, (ports) => ports],
  ['a CA without a name', { subject: parseName('O=Contoso') }, (ports) => ports],
  [
    'a directory that refuses the enrollment service',
    {},
    (ports) => ({
      ...ports,
      directory: new Proxy(ports.directory, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (name === 'put')
            return async (dn: string, attributes: never) => {
              if (dn.includes('Enrollment Services')) throw hresult('ERROR_ACCESS_DENIED');
              return target.put(dn, attributes);
            };
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
    }),
  ],
  [
    'a store that is full',
    {},
    (ports) => ({
      ...ports,
      stores: {
        ...ports.stores,
        add: async (store, ...rest) => {
          if (store === 'CA') throw hresult('ERROR_DISK_FULL');
          return ports.stores.add(store, ...rest);
        },
      },
    }),
  ],
  [
    'a database that cannot be written',
    {},
    (ports) => ({
      ...ports,
      database: new Proxy(ports.database, {
        get(target, name) {
          if (name === 'commit') return async () => Promise.reject(hresult('ERROR_DISK_FULL'));
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
    }),
  ],
];

for (const [fault, installation, spoil] of FAULTS) {
  test(`nothing half-made, and installable afterwards: ${fault}`, () =>
    withWorld(async (world) => {
      const sound = world.ports;
      const { configuration: _, ...before } = (await world.state()) as Record<string, unknown>;
      world.ports = spoil(sound);
      await assert.rejects(world.install(installation));
      world.ports = sound;
      const { configuration: __, ...after } = (await world.state()) as Record<string, unknown>;
      assert.deepEqual(after, before);
      for (const container of ['AIA', 'KRA', 'Enrollment Services', 'Certification Authorities']) {
        const dn = `CN=${container},CN=Public Key Services,CN=Services,${world.directory.configurationDN}`;
        assert.deepEqual(await world.directory.children(dn), [], container);
      }
      await world.install();
      await world.start();
      assert.equal(world.authority.commonName, 'Contoso CA');
    }));
}

test('a name that the directory has a CA of is refused, and that CA left alone', () =>
  withWorld(async (world) => {
    await world.install();
    const dn = `CN=Contoso CA,CN=Enrollment Services,CN=Public Key Services,CN=Services,${world.directory.configurationDN}`;
    const before = await world.directory.object(dn);
    const other = await AuthorityWorld.prepare();
    const database = world.ports;
    world.ports = { ...other.ports, directory: world.directory };
    await assert.rejects(world.install(), { symbol: 'ERROR_ALREADY_EXISTS' });
    world.ports = database;
    assert.deepEqual(await world.directory.object(dn), before);
    assert.deepEqual(await other.ports.stores.list('My'), []);
    await other.close();
  }));

test('a CA whose certificate, key or time is wrong does not start, and says why', () =>
  withWorld(async (world) => {
    await assert.rejects(startAuthority(world.ports, { announce: true }), { symbol: 'ERROR_FILE_NOT_FOUND' });
    await world.install();
    const before = world.now;
    for (const year of [2036, 2026]) {
      world.now = new Date(year === 2036 ? '2036-11-21T09:00:01Z' : '2026-11-21T08:00:00Z');
      await assert.rejects(startAuthority(world.ports, { announce: true }), { symbol: 'CERT_E_EXPIRED' });
    }
    world.now = before;
    const [entry] = await world.ports.stores.list('My');
    await world.ports.stores.remove('My', entry!.certificate);
    await assert.rejects(startAuthority(world.ports, { announce: true }), { symbol: 'CRYPT_E_NOT_FOUND' });
    await world.ports.stores.add('My', entry!.certificate);
    await assert.rejects(startAuthority(world.ports, { announce: true }), { symbol: 'NTE_BAD_KEYSET' });
    const provider = world.ports.providers.byName('Microsoft Software Key Storage Provider');
    const other = await provider.createKey({
      container: 'another',
      algorithm: { type: 'rsa', modulusLength: 2048 },
      keySpec: 0,
      policy: { exportable: false, archivable: false },
    });
    const location = { provider: other.provider, container: 'another', keySpec: 0 } as const;
    await world.ports.stores.remove('My', entry!.certificate);
    await world.ports.stores.add('My', entry!.certificate, location);
    await assert.rejects(startAuthority(world.ports, { announce: true }), { symbol: 'NTE_BAD_KEY' });
    await world.ports.stores.remove('My', entry!.certificate);
    await world.ports.stores.add('My', entry!.certificate, entry!.key);
    await world.start();
    assert.deepEqual(world.authority.current.certificate.raw, entry!.certificate);
  }));
