import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthorityWorld } from '#test/support/authority-world';

test('the status of a CA certificate is that of its chain, the state that of its life', async (t) => {
  const world = await AuthorityWorld.create();
  t.after(() => world.close());
  const ofCertificate = async () => {
    const [{ state, statusCode, chain, certificate } = assert.fail()] = (await (await world.as('alice')).info())
      .certificates;
    assert.deepEqual(chain, [certificate]);
    return { state, statusCode };
  };
  assert.deepEqual(await ofCertificate(), { state: 3, statusCode: 0 });
  await world.ports.stores.remove('Root', world.authority.current.certificate.raw);
  assert.deepEqual(await ofCertificate(), { state: 3, statusCode: 0x800b0109 });
  world.now = new Date('2040-01-01T00:00:00Z');
  assert.equal((await ofCertificate()).state, 4);
});

test('URLs are those that certificates carry, whatever else the entries are for', async (t) => {
  const world = await AuthorityWorld.create();
  t.after(() => world.close());
  const administrator = await world.as('Administrator');
  const entries = {
    CRLPublicationURLs: ['1:/srv/%3%8%9.crl', '2:http://%1/%3%8%9.crl'],
    CACertPublicationURLs: ['32:http://%1/ocsp', '2:http://%2/%3%4.crt'],
  };
  for (const [name, data] of Object.entries(entries))
    await administrator.setRegistry({ path: '', name, value: { type: 'REG_MULTI_SZ', data } });
  const [certificate] = (await administrator.info()).certificates;
  assert.deepEqual(certificate!.cdpUrls, ['http://ca01.contoso.com/Contoso%20CA.crl']);
  assert.deepEqual(certificate!.aiaUrls, ['http://ca01/Contoso%20CA.crt']);
  assert.deepEqual(certificate!.ocspUrls, ['http://ca01.contoso.com/ocsp']);
});

test('a delta CRL is none of the base CRLs', async (t) => {
  const world = await AuthorityWorld.create();
  t.after(() => world.close());
  const alice = await world.as('alice');
  const { crls, deltaCrls } = await alice.info();
  assert.deepEqual(deltaCrls, []);
  await world.ports.database.commit([
    {
      insert: 'CRLs',
      row: {
        CRLRowId: 99,
        CRLNumber: 99,
        CRLNameId: 0,
        CRLMinBase: 1,
        CRLRawCRL: Uint8Array.of(1),
        CRLPublishFlags: 6,
      },
    },
  ]);
  const after = await alice.info();
  assert.deepEqual(after.crls, crls);
  assert.deepEqual(
    after.deltaCrls.map(({ crl, publishStatus }) => ({ crl: [...crl!], publishStatus })),
    [{ crl: [1], publishStatus: 6 }],
  );
});

test('the subject template is answered by attribute types, entries that name none left out', async (t) => {
  const world = await AuthorityWorld.create();
  t.after(() => world.close());
  const administrator = await world.as('Administrator');
  const data = ['CommonName', 'OrganizationalUnit', 'Nonsense', '2.5.4.65'];
  await administrator.setRegistry({ path: '', name: 'SubjectTemplate', value: { type: 'REG_MULTI_SZ', data } });
  assert.deepEqual((await administrator.info()).subjectTemplateOids, ['2.5.4.3', '2.5.4.11', '2.5.4.65']);
});
