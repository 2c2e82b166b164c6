import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Directory, DirectoryObject } from '#ca/ports';
import { opensslCertificate, opensslCrl } from './openssl.suite.ts';
import { openPublishedStore } from './published-store.ts';

const ca = opensslCertificate('/CN=Root', { serial: '0x0a', extensions: 'basicConstraints=critical,CA:true' });
const other = opensslCertificate('/CN=Other', { serial: '0x0b', extensions: 'basicConstraints=critical,CA:true' });
const crl = opensslCrl(ca);

const object = (distinguishedName: string, attributes: Record<string, readonly (string | Uint8Array)[]>) => ({
  distinguishedName,
  attributes: new Map(Object.entries(attributes)),
});
const OBJECTS: readonly DirectoryObject[] = [
  object('CN=AIA,O=x', { objectClass: ['container'] }),
  object('CN=B,CN=AIA,O=x', { objectClass: ['top', 'certificationAuthority'], cACertificate: [other.der] }),
  object('CN=A,CN=AIA,O=x', {
    objectClass: ['top', 'certificationAuthority'],
    cACertificate: [ca.der, other.der],
    authorityRevocationList: [Uint8Array.of(0)],
    certificateRevocationList: [crl],
  }),
  object('CN=C,CN=A,CN=AIA,O=x', { objectClass: ['top'], userCertificate: [ca.der.subarray(0, 40)] }),
];
const directory: Pick<Directory, 'object' | 'children'> = {
  object: async (name) => OBJECTS.find(({ distinguishedName }) => distinguishedName === name),
  children: async (container) =>
    OBJECTS.filter(({ distinguishedName: name }) => name.slice(name.indexOf(',') + 1) === container),
};
const open = (place: string) => openPublishedStore(directory, `ldap:///${place}`);

test('the object of the URL, those below it, or all of them', async () => {
  const names = async (place: string) =>
    (await open(place).list()).map(({ certificate, index }) => [index, Buffer.from(certificate.raw).equals(ca.der)]);
  assert.deepEqual(await names('CN=AIA,O=x'), []);
  assert.deepEqual(await names('CN=B,CN=AIA,O=x'), [[0, false]]);
  // By name, each certificate once.
  assert.deepEqual(await names('CN=AIA,O=x?cACertificate?one'), [
    [0, true],
    [1, false],
  ]);
  assert.deepEqual(await names('CN=AIA,O=x??sub?(objectClass=container)'), []);
  assert.deepEqual(await names('CN=AIA,O=x?userCertificate?sub'), []);
  assert.equal((await open('CN=AIA,O=x??sub?objectclass=CertificationAuthority').list()).length, 2);
  assert.equal((await open('CN=AIA,O=x??sub?(certificateRevocationList=*)').list()).length, 2);
});

test('CRLs too; what is damaged is told with its object, and what fills an empty attribute is nothing', async () => {
  const store = open('CN=AIA,O=x??sub');
  const [entry, ...others] = await store.listCrls();
  assert.ok(entry && Buffer.from(entry.crl.raw).equals(crl));
  assert.deepEqual([others, await store.findCrls('Root')], [[], [entry]]);
  const [damaged, ...more] = await store.listDamaged();
  assert.equal(more.length, 0);
  assert.match(damaged!.error.message, /userCertificate of CN=C,CN=A,CN=AIA,O=x: /);
  assert.equal((await store.find('Other')).length, 1);
});

test('nothing of it is changed, and what cannot be looked for is told', async () => {
  const store = open('CN=A,CN=AIA,O=x');
  const [entry] = await store.list();
  await assert.rejects(store.add(ca.der), { symbol: 'ERROR_ACCESS_DENIED' });
  await assert.rejects(store.remove(entry!), { symbol: 'ERROR_ACCESS_DENIED' });
  await assert.rejects(open('CN=Nowhere').list(), { symbol: 'ERROR_DS_OBJ_NOT_FOUND' });
  assert.throws(() => open('O=x??sub?(!(a=b))'), { symbol: 'ERROR_NOT_SUPPORTED' });
  assert.throws(() => open('O=x??sub?a=b\\2a'), { symbol: 'ERROR_NOT_SUPPORTED' });
});
