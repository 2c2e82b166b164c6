import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { decodeCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import type { GeneralName } from '#pki/x509/general-name';
import { formatSerial } from '#pki/x509/serial-number';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { verifyCertificate } from '#test/support/openssl';
import { serviceCertificate } from './service-certificate.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const NAMES: readonly GeneralName[] = [
  { type: 'dNSName', value: 'ca01.contoso.com' },
  { type: 'iPAddress', value: Uint8Array.of(127, 0, 0, 1) },
];

let world: AuthorityWorld;

before(async () => {
  world = await AuthorityWorld.create();
});
after(() => world.close());

async function serial(names = NAMES): Promise<string> {
  const { certificate, key } = await serviceCertificate(world.authority, names);
  key.close();
  return formatSerial(certificate.tbsCertificate.serialNumber);
}

test('names the machine, serves TLS and nothing else, and is a row like every other', async () => {
  const { certificate, key } = await serviceCertificate(world.authority, NAMES);
  const { extensions, serialNumber, validity } = certificate.tbsCertificate;
  assert.deepEqual(extensionValue(extensions, EXTENSIONS.extKeyUsage), ['1.3.6.1.5.5.7.3.1']);
  assert.deepEqual(extensionValue(extensions, EXTENSIONS.subjectAltName), NAMES);
  assert.ok(validity.notAfter.getTime() - world.now.getTime() <= 90 * DAY_MS);
  assert.deepEqual(key.publicKey, certificate.tbsCertificate.subjectPublicKeyInfo.raw);
  key.close();
  assert.match(verifyCertificate(certificate.raw, world.authority.current.certificate.raw, world.now), /OK/);
  const [row] = await collect(
    world.ports.database.view({
      table: 'Requests',
      restrictions: [{ column: 'SerialNumber', operator: '=', value: formatSerial(serialNumber) }],
    }),
  );
  assert.equal(row!.get('Request.RequesterName'), 'ca01.contoso.com\\Contoso CA');
  assert.deepEqual(row!.get('RawCertificate'), certificate.raw);
  const audited = await collect(world.ports.database.audit());
  assert.equal(audited.at(-1)!.record.eventId, 4887);
});

test('is used again until its end is near', async () => {
  const first = await serial();
  assert.equal(await serial(), first);
  world.now = new Date(world.now.getTime() + 59 * DAY_MS);
  assert.equal(await serial(), first);
  world.now = new Date(world.now.getTime() + 2 * DAY_MS);
  const second = await serial();
  assert.notEqual(second, first);
  assert.equal(await serial(), second);
});

test('is replaced where it lacks a name, and where it was revoked', async () => {
  const first = await serial();
  const more: GeneralName[] = [...NAMES, { type: 'dNSName', value: 'pki.contoso.com' }];
  const second = await serial(more);
  assert.notEqual(second, first);
  assert.equal(await serial(more), second);
  await (await world.as('Administrator')).revoke([second], 4);
  assert.notEqual(await serial(more), second);
});

test('where none can be issued, the one in use stays until it ends, and what is wrong is answered', async () => {
  const own = await AuthorityWorld.create();
  let isBroken = false;
  const { providers } = own.ports;
  const authority = {
    ...own.authority,
    ports: {
      ...own.ports,
      providers: {
        ...providers,
        byName: (name: string) => {
          const provider = providers.byName(name);
          const createKey = async () => {
            throw hresult('NTE_DEVICE_NOT_READY');
          };
          if (!isBroken) return provider;
          const openKey = provider.openKey.bind(provider);
          return { ...provider, name: provider.name, createKey, openKey };
        },
      },
    },
  };
  const look = async () => {
    const { certificate, key, fault } = await serviceCertificate(authority, NAMES);
    key.close();
    return [formatSerial(certificate.tbsCertificate.serialNumber), fault?.symbol];
  };
  try {
    const [first] = await look();
    isBroken = true;
    own.now = new Date(own.now.getTime() + 59 * DAY_MS);
    assert.deepEqual(await look(), [first, undefined]);
    own.now = new Date(own.now.getTime() + 2 * DAY_MS);
    assert.deepEqual(await look(), [first, 'NTE_DEVICE_NOT_READY']);
    own.now = new Date(own.now.getTime() + 30 * DAY_MS);
    await assert.rejects(look(), { symbol: 'NTE_DEVICE_NOT_READY' });
    isBroken = false;
    const [second, fault] = await look();
    assert.notEqual(second, first);
    assert.equal(fault, undefined);
  } finally {
    await own.close();
  }
});

test('one whose key is gone is passed over', async () => {
  const { certificate, key } = await serviceCertificate(world.authority, NAMES);
  key.close();
  await world.ports.providers.byName(key.provider).deleteKey(key.container);
  assert.notEqual(await serial(), formatSerial(certificate.tbsCertificate.serialNumber));
});

test('one that another put into the store, with the right name, is passed over', async () => {
  const other = await AuthorityWorld.create();
  try {
    const { certificate, key } = await serviceCertificate(other.authority, NAMES);
    const { provider, container, keySpec } = key;
    await world.ports.stores.add('My', certificate.raw, { provider, container, keySpec });
    key.close();
    assert.notEqual(await serial(), formatSerial(decodeCertificate(certificate.raw).tbsCertificate.serialNumber));
  } finally {
    await other.close();
  }
});

test('a CA that signs with SHA-1 issues none that clients would refuse, and leaves no key', async () => {
  const old = await AuthorityWorld.create({ installation: { hashAlgorithm: 'SHA1' } });
  try {
    const before = await old.state();
    await assert.rejects(serviceCertificate(old.authority, NAMES), { symbol: 'NTE_BAD_ALGID', detail: /SHA1/ });
    assert.deepEqual(await old.state(), before);
  } finally {
    await old.close();
  }
});
