/** The process dies while the CA makes its exchange certificate: the next start leaves no key without a certificate. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { decodeCertificate } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import { AuthorityWorld } from '#test/support/authority-world';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'certhaven-death-'));

before(async () => {
  const world = await AuthorityWorld.create({ folder });
  await world.close();
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function exchangeContainers(world: AuthorityWorld): Promise<string[]> {
  const found = await Promise.all(world.ports.providers.all.map((provider) => provider.listContainers()));
  return found.flat().filter((container) => container.includes('-Xchg('));
}

// Two commits record and issue the certificate, the third lists it in the registry.
for (const point of ['before commit 1', 'after commit 1', 'after sign 1', 'after commit 2', 'before commit 3']) {
  test(`killed ${point}: no key is left over, and the next exchange certificate is made`, async () => {
    const { signal, stderr } = spawnSync(
      process.execPath,
      [join(ROOT, 'test/support/dying-authority.ts'), folder, point, 'exchange'],
      { cwd: ROOT, encoding: 'utf8' },
    );
    assert.equal(signal, 'SIGKILL', stderr);
    const dead = await AuthorityWorld.reopen(folder);
    assert.deepEqual(await exchangeContainers(dead), []);
    assert.deepEqual(await dead.ports.database.signings(), []);
    const { certificate } = await (await dead.as('alice')).exchangeCertificate();
    assert.equal(formatName(decodeCertificate(certificate).tbsCertificate.subject), 'CN=Contoso CA-Xchg, O=Contoso');
    const [container, ...others] = await exchangeContainers(dead);
    assert.deepEqual(others, []);
    // The next test begins without one.
    for (const provider of dead.ports.providers.all)
      if ((await provider.listContainers()).includes(container!)) await provider.deleteKey(container!);
    await dead.close();
  });
}
