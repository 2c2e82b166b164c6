/** The keys of a CA from a CSP into a PKCS #11 token, and back where they may leave it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { beginMove, type Move } from '#migrate/migrate-keys';
import { preflight } from '#migrate/preflight';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { Pkcs11Modules } from '#providers/pkcs11/open-pkcs11-providers';
import { providersByName } from '#providers/providers-by-name';
import type { AuthorityWorld } from '../support/authority-world.ts';
import { cspCa, keyState, migrationPorts, STRONG } from '../support/csp-ca.ts';
import { verifyCertificate } from '../support/openssl.ts';
import { newKey, pkcs10 } from '../support/requester.ts';
import { softToken, TOKEN } from '../support/soft-token.ts';

const NAME = 'PKCS#11 ca-token Key Storage Provider';
const soft = softToken();
const modules = new Pkcs11Modules(engine, () => assert.fail('Nobody asks.'), join(soft.directory, 'locks'));
const worlds: AuthorityWorld[] = [];
after(async () => {
  for (const world of worlds) await world.close();
  await modules.close();
  soft.remove();
});

async function world(owner: string): Promise<AuthorityWorld> {
  const settings = { name: NAME, module: soft.module, token: TOKEN, pin: { file: soft.pinFile }, sessions: 4 };
  const token = modules.provider(settings, true, owner);
  const made = await cspCa({ wrap: (ports) => ({ ...ports, providers: providersByName(ports.providers, [token]) }) });
  worlds.push(made);
  return made;
}

async function move(from: AuthorityWorld, to: string, noExport: boolean, folder = 'backup'): Promise<void> {
  const ports = migrationPorts(from);
  const backup = join(from.folder, folder, 'Contoso CA.p12');
  const { plan, findings } = await preflight(ports, { to, backup, noExport });
  assert.deepEqual(
    findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  const work: Move = { ports, subject: 'CONTOSO\\Administrator', progress: () => undefined };
  assert.deepEqual(await beginMove(work, plan!, { backup, wipesBackup: false, password: 'moving house' }), []);
  await from.restart();
}

test('three keys go into the token, sign there, and leave it no more', async () => {
  const ca = await world('S-1-5-21-1-2-3');
  await move(ca, NAME, true);
  assert.deepEqual(
    ca.authority.certificates.map(({ key }) => [key?.provider, key?.container, key?.exportable]),
    ['Contoso CA', 'Contoso CA(1)', 'Contoso CA(2)'].map((container) => [NAME, container, false]),
  );
  const { certificate } = await (await ca.as('alice')).submit({
    request: await pkcs10(engine, await newKey(engine)),
    attributes: 'CertificateTemplate:EFS',
  });
  const crl = new Uint8Array(readFileSync(join(ca.folder, 'CertEnroll', 'Contoso CA(2).crl')));
  assert.match(verifyCertificate(certificate!, ca.authority.current.certificate.raw, ca.now, crl), /: OK$/m);
  const back = await preflight(migrationPorts(ca), { to: STRONG, backup: join(ca.folder, 'back', 'Contoso CA.p12') });
  assert.equal(back.findings.filter(({ symbol }) => symbol === 'NTE_BAD_KEY_STATE').length, 3);
  // The token makes the CA's next key as well.
  await (await ca.as('Administrator')).renewCertificate({ reuseKey: false });
  await ca.restart();
  assert.deepEqual([ca.authority.current.key.provider, ca.authority.current.keyIndex], [NAME, 3]);
});

test('keys that may leave come back', async () => {
  const ca = await world('S-1-5-21-7-8-9');
  const before = await keyState(ca);
  await move(ca, NAME, false);
  await move(ca, STRONG, false, 'second');
  const keys = (state: unknown) => (state as { keys: unknown; entries: unknown }).keys;
  assert.deepEqual(keys(await keyState(ca)), keys(before));
  assert.ok(existsSync(join(ca.folder, 'second', 'Contoso CA.p12')));
});
