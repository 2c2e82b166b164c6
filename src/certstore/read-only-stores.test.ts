import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openCertificateStores } from './open-certificate-stores.ts';
import { opensslCertificate, opensslCrl } from './openssl.suite.ts';
import { readOnlyStores } from './read-only-stores.ts';

const directory = mkdtempSync(join(tmpdir(), 'read-only-stores-'));
after(() => rmSync(directory, { recursive: true }));

test('stores that are only read are read whole, and keep what they have', async () => {
  const ca = opensslCertificate('/CN=Root', { serial: '0x0a', extensions: 'basicConstraints=critical,CA:true' });
  const own = openCertificateStores({ directory });
  await own.open('Root').add(ca.der);
  await own.open('Root').addCrl(opensslCrl(ca));
  const stores = readOnlyStores(own, 'alice is no administrator.', 'be one');
  assert.deepEqual(
    stores.all.map(({ name }) => name),
    own.all.map(({ name }) => name),
  );
  const root = stores.open('root');
  assert.equal(root.displayName, 'Trusted Root Certification Authorities');
  const [entry] = await root.find('Root');
  const [crl] = await root.findCrls('.0');
  assert.ok(entry && crl);
  const denied = { symbol: 'ERROR_ACCESS_DENIED', detail: 'alice is no administrator.', hint: 'be one' };
  for (const change of [
    () => root.add(ca.der),
    () => root.remove(entry),
    () => root.setProperty(entry, 'friendlyName', 'mine'),
    () => root.setPropertyBytes(entry, 11, undefined),
    () => root.addCrl(crl.crl.raw),
    () => root.removeCrl(crl),
  ])
    await assert.rejects(change, denied);
  assert.equal((await own.open('Root').list()).length, 1);
  assert.equal((await root.listCrls()).length, 1);
});
