import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { encodePem } from '#pki/asn1/pem';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { openssl } from '#test/support/openssl';
import { newKey, pkcs10 } from '#test/support/requester';
import { CRLF } from '../config/registry-flags.ts';
import { CR_FLG } from '../schema/dispositions.ts';
import { crossCertificates } from './cross-certificates.ts';

let world: AuthorityWorld;

async function renew(reuseKey: boolean): Promise<void> {
  await (await world.as('Administrator')).renewCertificate({ reuseKey });
  await world.restart();
}

before(async () => {
  world = await AuthorityWorld.create();
});
after(() => world.close());

const crossed = async () => (await crossCertificates(world.authority)).map(({ raw }) => raw);

async function rows(): Promise<unknown[]> {
  const found = await collect(world.ports.database.view({ table: 'Requests' }));
  return found.filter((row) => (Number(row.get('Request.RequestFlags')) & CR_FLG.CACROSSCERT) !== 0);
}

test('a CA with one key has none, renewed with it or not', async () => {
  assert.deepEqual(await crossed(), []);
  await renew(true);
  assert.deepEqual(await crossed(), []);
});

test('each key is vouched for by the one before it, once; openssl gets from either old root to what is signed today', async () => {
  await renew(false);
  const [first] = await crossed();
  await renew(false);
  const both = await crossed();
  assert.equal(both.length, 2);
  assert.deepEqual(both[1], first);
  assert.deepEqual(await crossed(), both);
  assert.equal((await rows()).length, 2);
  const { tbsCertificate } = decodeCertificate(both[0]!);
  const { tbsCertificate: root } = world.authority.current.certificate;
  assert.deepEqual(tbsCertificate.subjectPublicKeyInfo.raw, root.subjectPublicKeyInfo.raw);
  assert.equal(extensionValue(tbsCertificate.extensions, EXTENSIONS.basicConstraints)?.cA, true);

  const { certificate } = await (await world.as('alice')).submit({
    request: await pkcs10(engine, await newKey(engine)),
    attributes: 'CertificateTemplate:EFS',
  });
  const pem = (...all: readonly Uint8Array[]) => all.map((der) => encodePem('CERTIFICATE', der)).join('');
  const files = { leaf: pem(certificate!), untrusted: pem(...both) };
  const time = String(Math.floor(world.now.getTime() / 1000));
  for (const { certificate: anchor } of world.authority.certificates) {
    const shown = openssl(['verify', '-attime', time, '-CAfile', '{root}', '-untrusted', '{untrusted}', '{leaf}'], {
      ...files,
      root: pem(anchor.raw),
    });
    assert.match(shown, /OK/);
  }
});

test('CRLF_DISABLE_ROOT_CROSS_CERTS keeps the CA from it', async () => {
  const admin = await world.as('Administrator');
  const flags = { type: 'REG_DWORD', data: CRLF.DISABLE_ROOT_CROSS_CERTS } as const;
  await admin.setRegistry({ path: '', name: 'CRLFlags', value: flags });
  assert.deepEqual(await crossed(), []);
});
