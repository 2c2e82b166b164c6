/** What `certhaven certificate export` and `certutil -store` write, before openssl, NSS and Java. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { NodeFiles } from '#cli/io/node-files';
import { KeyStation } from '#test/support/key-station';
import { chainOf, type Holder, makeCrl, makeHolder } from '#test/support/recovery-ca';
import { TranscriptConsole } from '#test/support/transcript';
import { Folder } from './cms-parties.ts';

const folder = new Folder();
const station = new KeyStation();
let user: Holder;

before(async () => {
  const root = await makeHolder({ subject: 'CN=Store Root', role: 'ca' });
  const ca = await makeHolder({ subject: 'CN=Store CA', role: 'ca', issuer: root });
  user = await makeHolder({ subject: 'CN=alice', role: 'user', issuer: ca });
  await station.install(user, { machine: true });
  const stores = await station.stores(true);
  await stores.open('Root').add(root.certificate.raw);
  await stores.open('CA').add(ca.certificate.raw);
  await stores.open('CA').addCrl(await makeCrl(ca, []));
});
after(() => {
  station.remove();
  folder.remove();
});

/** Runs the tool and hands what it wrote to the folder of the others. */
async function write(tool: 'certhaven' | 'certutil', argv: readonly string[], file: string): Promise<void> {
  const console = new TranscriptConsole(folder.path, ['secret-1', 'secret-1']);
  const exit = await station[tool](argv, console);
  assert.equal(exit, 0, console.errors);
  assert.ok((await new NodeFiles(folder.path).readFile(file)).length > 0);
}
const exported = (file: string, ...options: string[]) =>
  write('certhaven', ['certificate', 'export', 'alice', file, '--in', 'machine', ...options], file);

test('a PFX with its chain, and one without, each with its own certificate first', async () => {
  await exported('chain.pfx', '--extended-properties');
  await exported('alone.pfx', '--no-chain', '--3des');
  const listed = folder.run('keytool -list -v -storetype PKCS12 -keystore chain.pfx -storepass secret-1');
  assert.match(
    listed,
    /Entry type: PrivateKeyEntry\s+Certificate chain length: 3\s+Certificate\[1\]:\s+Owner: CN=alice/,
  );
  folder.run('mkdir nss');
  folder.run('certutil -N -d sql:nss --empty-password');
  assert.match(folder.run('pk12util -i chain.pfx -d sql:nss -W secret-1 -K', ''), /PKCS12 IMPORT SUCCESSFUL/);
  assert.match(folder.run('certutil -K -d sql:nss'), /rsa/);
  const alone = folder.run('openssl pkcs12 -in alone.pfx -passin pass:secret-1 -nodes');
  assert.equal(alone.match(/BEGIN CERTIFICATE/g)?.length, 1);
  folder.run('openssl pkcs12 -in alone.pfx -passin pass:secret-1 -nodes -nocerts -out key.pem');
  folder.run('openssl rsa -in key.pem -check -noout');
});

test('PKCS #7 with and without the chain', async () => {
  await exported('chain.p7b', '--chain');
  await exported('alone.p7b');
  await exported('rootless.p7b', '--chain', '--no-root');
  const count = (file: string) =>
    folder.run(`openssl pkcs7 -inform DER -in ${file} -print_certs`).match(/BEGIN CERTIFICATE/g)?.length;
  assert.deepEqual([count('chain.p7b'), count('alone.p7b'), count('rootless.p7b')], [chainOf(user).length, 1, 2]);
  const printed = folder.run('keytool -printcert -file chain.p7b');
  assert.equal(printed.match(/Owner: CN=/g)?.length, 3);
});

test('DER and Base64', async () => {
  await exported('alice.cer');
  await exported('alice.pem');
  assert.deepEqual(folder.read('alice.cer'), user.certificate.raw);
  for (const [form, file] of [
    ['DER', 'alice.cer'],
    ['PEM', 'alice.pem'],
  ])
    assert.match(folder.run(`openssl x509 -inform ${form} -in ${file} -noout -subject`), /alice/);
  folder.run('mkdir nss2');
  folder.run('certutil -N -d sql:nss2 --empty-password');
  folder.run('certutil -A -d sql:nss2 -n alice -t ,, -a -i alice.pem');
  assert.match(folder.run('keytool -printcert -file alice.pem'), /Owner: CN=alice/);
});

test('a store with its CRLs in one PKCS #7 file', async () => {
  await write('certutil', ['-store', 'CA', '*', 'store.p7b'], 'store.p7b');
  const printed = folder.run('openssl pkcs7 -inform DER -in store.p7b -print_certs -text -noout');
  assert.match(printed, /Certificate Revocation List/);
  assert.match(printed, /Subject: CN ?= ?Store CA/);
});
