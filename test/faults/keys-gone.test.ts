import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { hookedPorts, type PortHooks } from '#test/support/hooked-ports';
import { newKey, pkcs10 } from '#test/support/requester';
import { assertWhole } from '#test/support/whole-authority';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-keys-'));
const keys = join(folder, 'keys');
const aside = join(folder, 'aside');
let request: Uint8Array;

before(async () => {
  request = await pkcs10(engine, await newKey(engine));
  await (await AuthorityWorld.create({ folder })).close();
});
after(() => rmSync(folder, { recursive: true, force: true }));

const submit = async (world: AuthorityWorld) =>
  (await world.as('alice')).submit({ request, attributes: 'CertificateTemplate:User', fullResponse: false });

test('the key files go while the CA runs: the key in use signs on, and no start without them: 0x80090016', async () => {
  const world = await AuthorityWorld.reopen(folder);
  renameSync(keys, aside);
  assert.equal((await submit(world)).disposition, 'issued');
  await world.close();
  await assert.rejects(AuthorityWorld.reopen(folder), { symbol: 'NTE_BAD_KEYSET' });
  rmSync(keys, { recursive: true, force: true });
  renameSync(aside, keys);
  await (await AuthorityWorld.reopen(folder)).close();
});

/** Root reads all: what is forbidden is forbidden to somebody else, to whom the folder belongs meanwhile. */
async function withoutPrivilege(run: () => Promise<void>): Promise<void> {
  if (process.getuid!() !== 0) return run();
  const nobody = 65534;
  const paths = [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  ];
  for (const path of paths) chownSync(path, nobody, nobody);
  process.seteuid!(nobody);
  try {
    await run();
  } finally {
    process.seteuid!(0);
    for (const path of paths) if (existsSync(path)) chownSync(path, 0, 0);
  }
}

test('the key files cannot be read: no start, 0x80070005', async () => {
  const files = readdirSync(keys).map((name) => join(keys, name));
  for (const file of files) chmodSync(file, 0);
  await withoutPrivilege(() =>
    assert.rejects(AuthorityWorld.reopen(folder), { symbol: 'ERROR_ACCESS_DENIED', detail: /keys/ }),
  );
  for (const file of files) chmodSync(file, 0o600);
  await (await AuthorityWorld.reopen(folder)).close();
});

test('the provider loses its key between start and signature: 0x80090016, event 21, and the signing waits', async () => {
  const hooks: PortHooks = {};
  const world = await AuthorityWorld.reopen(folder, { wrap: (ports) => hookedPorts(ports, hooks) });
  hooks.sign = async () => {
    throw hresult('NTE_BAD_KEYSET', 'The token was pulled.');
  };
  const { requestId, disposition, statusCode } = await submit(world);
  assert.deepEqual([disposition, statusCode], ['error', 0x80090016]);
  const [event] = (await collect(world.ports.database.events())).slice(-1);
  assert.equal(event!.eventId, 21);
  assert.match(event!.text, /0x80090016 \(-2146893802 NTE_BAD_KEYSET\)/);
  const { SerialNumber, RawCertificate } = (await world.ports.database.certificate(requestId))!;
  assert.equal(RawCertificate, null);
  await assert.rejects((await world.as('Administrator')).publishCrl(), { symbol: 'NTE_BAD_KEYSET' });
  assert.equal((await world.eventIds()).at(-1), 130);
  delete hooks.sign;
  const { certificate } = await (await world.as('Administrator')).resubmit(requestId);
  assert.ok(certificate);
  assert.equal((await world.ports.database.certificate(requestId))!.SerialNumber, SerialNumber);
  await (await world.as('Administrator')).publishCrl();
  await assertWhole(world.ports.database);
  await world.close();
});
