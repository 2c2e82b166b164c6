import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AuthorityWorld, collect } from '#test/support/authority-world';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-places-'));
const place = join(folder, 'CertEnroll');
let world: AuthorityWorld;

before(async () => {
  world = await AuthorityWorld.create({ folder });
});
after(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the folder of the CRLs cannot be written: event 65, the row tells it, the directory has the list; then it is published again', async () => {
  const admin = await world.as('Administrator');
  // A file where the folder was: what no rights, of root either, can write into.
  renameSync(place, `${place}-aside`);
  writeFileSync(place, '');
  await admin.publishCrl();
  const [event] = (await collect(world.ports.database.events())).slice(-1);
  assert.equal(event!.eventId, 65);
  assert.match(event!.text, /CertEnroll.* 0x80092003 \(-2146885629 CRYPT_E_FILE_ERROR\)/);
  const crls = () => collect(world.ports.database.view({ table: 'CRLs' }));
  const row = (await crls()).at(-1)!;
  assert.notEqual(row.get('CRLPublishStatusCode'), 0);
  const services = 'CN=Public Key Services,CN=Services,';
  const [inDirectory] =
    (
      await world.directory.object(`CN=Contoso CA,CN=ca01,CN=CDP,${services}${world.directory.configurationDN}`)
    )?.attributes.get('certificateRevocationList') ?? [];
  assert.deepEqual(new Uint8Array(inDirectory as Uint8Array), row.get('CRLRawCRL'));

  rmSync(place);
  renameSync(`${place}-aside`, place);
  await admin.publishCrl({ republish: true });
  assert.equal((await crls()).at(-1)!.get('CRLPublishStatusCode'), 0);
  const [file] = readdirSync(place).filter((name) => name.endsWith('.crl'));
  assert.deepEqual(new Uint8Array(readFileSync(join(place, file!))), row.get('CRLRawCRL'));
});
