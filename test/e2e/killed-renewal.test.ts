/** The process dies while the CA renews its certificate: the next start has the old one or the new one, whole. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readConfiguration } from '#ca/config/configuration';
import { DB_DISP } from '#ca/schema/dispositions';
import { formatHex } from '#pki/asn1/bytes';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { formatSerial } from '#pki/x509/serial-number';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { verifyCertificate } from '#test/support/openssl';
import { newKey, pkcs10 } from '#test/support/requester';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'certhaven-death-'));
const home = join(folder, 'home');
const kept = join(folder, 'before');

before(async () => {
  // ECDSA signs the same bytes differently each time, and must not do so here.
  const algorithm = { type: 'ec', curve: 'P-256' } as const;
  mkdirSync(home);
  const world = await AuthorityWorld.create({ folder: home, installation: { key: { algorithm } } });
  await world.close();
  cpSync(home, kept, { recursive: true });
});
after(() => rmSync(folder, { recursive: true, force: true }));

// Commits: what is planned, what is to be signed, the certificate; then its publication, and a CRL of each key in three.
const POINTS: readonly (readonly [point: string, renewed: boolean])[] = [
  ['before commit 1', false],
  ['after commit 1', false],
  ['before commit 2', false],
  ['after commit 2', true],
  ['before sign 1', true],
  ['after sign 1', true],
  ['before commit 3', true],
  ['after commit 3', true],
  ['before commit 4', true],
  ['after commit 5', true],
  ['after sign 2', true],
  ['before commit 7', true],
  ['after commit 8', true],
];

for (const reuse of ['ReuseKeys', '']) {
  for (const [point, isRenewed] of POINTS) {
    test(`killed ${point}, ${reuse || 'a new key'}: ${isRenewed ? 'the new' : 'the old'} certificate`, async () => {
      rmSync(home, { recursive: true, force: true });
      cpSync(kept, home, { recursive: true });
      const { signal, stderr } = spawnSync(
        process.execPath,
        [join(ROOT, 'test/support/dying-authority.ts'), home, point, 'renew', reuse],
        { cwd: ROOT, encoding: 'utf8' },
      );
      assert.equal(signal, 'SIGKILL', stderr);
      const world = await AuthorityWorld.reopen(home);
      try {
        await look(world, isRenewed, reuse === '');
      } finally {
        await world.close();
      }
    });
  }
}

async function look(world: AuthorityWorld, isRenewed: boolean, isNewKey: boolean): Promise<void> {
  const { database, providers, stores } = world.ports;
  const { certificates, current } = world.authority;
  assert.equal(current.index, isRenewed ? 1 : 0);
  assert.equal(current.keyIndex, isRenewed && isNewKey ? 1 : 0);
  // No serial number stands in two certificates, and none was signed that is not on record.
  const serials = certificates.map(({ certificate }) => formatSerial(certificate.tbsCertificate.serialNumber));
  const rows = await collect(
    database.view({
      table: 'Requests',
      restrictions: [{ column: 'Request.Disposition', operator: '=', value: DB_DISP.CA_CERT }],
    }),
  );
  assert.deepEqual(
    rows.map((row) => row.get('SerialNumber')),
    serials,
  );
  assert.deepEqual(await database.signings(), []);
  const configuration = await readConfiguration(database);
  for (const name of ['RequestId', 'RequestKeyContainer', 'CACertUnpublished'])
    assert.equal(configuration.value(name), undefined, name);
  // Keys: those of the certificates, no other.
  const containers = (await Promise.all(providers.all.map((provider) => provider.listContainers()))).flat();
  assert.deepEqual(containers, [...new Set(certificates.map(({ key }) => key!.container))]);
  for (const store of ['My', 'Root', 'CA'] as const)
    assert.deepEqual(
      (await stores.list(store)).map(({ certificate }) => formatHex(certificate)).sort(),
      certificates.map(({ certificate }) => formatHex(certificate.raw)).sort(),
    );
  // What clients need is published: the certificate, and a CRL under each key.
  for (const { index, keyIndex } of certificates) {
    const file = (name: string) => existsSync(join(world.folder, 'CertEnroll', name));
    if (index > 0) assert.ok(file(`ca01.contoso.com_Contoso CA(${index}).crt`));
    assert.ok(file(`Contoso CA${keyIndex === 0 ? '' : `(${keyIndex})`}.crl`));
  }
  const { certificate } = await (await world.as('alice')).submit({
    request: await pkcs10(engine, await newKey(engine)),
    attributes: 'CertificateTemplate:EFS',
  });
  const suffix = current.keyIndex === 0 ? '' : `(${current.keyIndex})`;
  const crl = new Uint8Array(readFileSync(join(world.folder, 'CertEnroll', `Contoso CA${suffix}.crl`)));
  assert.match(verifyCertificate(certificate!, current.certificate.raw, world.now, crl), /: OK$/m);
}
