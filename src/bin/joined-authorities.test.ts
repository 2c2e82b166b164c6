import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { crossCertificates } from '#ca/renew/cross-certificates';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import { decodePem, encodePem } from '#pki/asn1/pem';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { AuthorityWorld } from '#test/support/authority-world';
import { serveWorld } from '#test/support/world-service';
import { paths } from './home.ts';
import { learnCertificates, readJoinedAuthorities } from './joined-authorities.ts';
import { provedCertificates } from './proved-certificates.ts';

let world: AuthorityWorld;
let folder: string;
let roots: Uint8Array[];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'joined-'));
  world = await AuthorityWorld.create();
  for (let n = 0; n < 2; n++) {
    await (await world.as('Administrator')).renewCertificate({ reuseKey: false });
    await world.restart();
  }
  roots = world.authority.certificates.map(({ certificate }) => certificate.raw);
});
after(async () => {
  rmSync(folder, { recursive: true });
  await world.close();
});

test('a machine that trusts the first root gets to the service of the third key, and learns the roots between', async () => {
  const service = await serveWorld(world);
  const home = { directory: folder, machineName: 'pc17.contoso.com' };
  const { domain, configurationDN } = world.directory;
  const trust = encodePem('CERTIFICATE', roots[0]!);
  const joined = { config: 'ca01.contoso.com\\Contoso CA', domain, configurationDN, url: service.url, trust };
  try {
    const learnt = await learnCertificates(home, joined);
    assert.deepEqual(
      decodePem(learnt.trust).map(({ bytes }) => bytes),
      roots,
    );
    assert.deepEqual(await readJoinedAuthorities(home), [learnt]);
    const stored = await openCertificateStores({ directory: paths.machineStores(home) })
      .open('Root')
      .list();
    assert.equal(stored.length, 2);
    assert.equal(await learnCertificates(home, learnt), learnt);
  } finally {
    await service.close();
  }
});

test('trusted is what a trusted key vouches for, whatever else a service names', async () => {
  const crosses = (await crossCertificates(world.authority)).map(({ raw }) => raw);
  const newestFirst = roots.toReversed();
  const prove = (candidates: readonly Uint8Array[], crossed: readonly Uint8Array[], trusted = [roots[0]!]) =>
    provedCertificates(trusted, candidates, crossed, engine);
  assert.deepEqual(await prove(newestFirst, crosses), roots);
  assert.deepEqual(await prove(newestFirst, []), [roots[0]]);
  // The link from the first key is missing.
  assert.deepEqual(await prove(newestFirst, [crosses[0]!]), [roots[0]]);
  const other = await AuthorityWorld.create();
  try {
    await (await other.as('Administrator')).renewCertificate({ reuseKey: false });
    await other.restart();
    const foreign = other.authority.certificates.map(({ certificate }) => certificate.raw).toReversed();
    const theirs = (await crossCertificates(other.authority)).map(({ raw }) => raw);
    assert.deepEqual(await prove(foreign, [...theirs, ...crosses]), [roots[0]]);
    assert.deepEqual(await prove(crosses, crosses), [roots[0]], 'a cross-certificate is no root');
  } finally {
    await other.close();
  }
});
