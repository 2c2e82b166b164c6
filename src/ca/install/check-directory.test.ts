import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { AuthorityWorld } from '#test/support/authority-world';
import { eventsOfRestart } from '#test/support/kra-list';
import { aiaContainer, ntAuthCertificates } from '../template/templates-in-directory.ts';
import { checkDirectory } from './check-directory.ts';

let world: AuthorityWorld;

before(async () => {
  world = await AuthorityWorld.create();
});
after(() => world.close());

const ntAuth = () => ntAuthCertificates(world.directory);
const aia = () => aiaContainer(world.directory, 'Contoso CA');
const held = async (place: string) => (await world.directory.object(place))?.attributes.get('cACertificate');
const restarted = async () => (await eventsOfRestart(world)).map(({ eventId, text }) => ({ eventId, text }));

test('a new CA is in NTAuthCertificates and AIA, and tells nothing at its start', async () => {
  const own = [world.authority.current.certificate.raw];
  assert.deepEqual(await held(ntAuth()), own);
  assert.deepEqual(await held(aia()), own);
  assert.deepEqual(await restarted(), []);
});

test('what is missing is put back, and told once: events 93 and 104', async () => {
  const own = [world.authority.current.certificate.raw];
  await world.directory.put(ntAuth(), new Map([['cACertificate', []]]));
  await world.directory.remove(aia());
  const [trust, certificate, ...more] = await restarted();
  assert.deepEqual([trust!.eventId, certificate!.eventId, more.length], [93, 104, 0]);
  assert.match(trust!.text, /^The certificate \(#0\) of .* Contoso CA does not exist .*CN=NTAuthCertificates/);
  assert.ok(certificate!.text.endsWith(`published certificate 0 to ${aia()}.`));
  assert.deepEqual([await held(ntAuth()), await held(aia())], [own, own]);
  assert.deepEqual(await restarted(), []);
});

test('a directory that takes nothing keeps no CA from starting: event 106', async () => {
  const { authority } = world;
  const locked = async () => {
    throw hresult('ERROR_SHARING_VIOLATION', 'directory.db');
  };
  const directory = new Proxy(authority.ports.directory, {
    get: (target, name) => (name === 'object' ? locked : Reflect.get(target, name, target)),
  });
  const events = await checkDirectory({ ...authority, ports: { ...authority.ports, directory } });
  assert.deepEqual(
    events.map(({ eventId }) => eventId),
    [106, 106],
  );
  assert.match(events[0]!.text, /cannot add certificate 0 to CN=NTAuthCertificates,.*0x80070020/);
});

test('a stand-alone CA looks for nothing in a directory', async () => {
  assert.deepEqual(await checkDirectory({ ...world.authority, enterprise: false }), []);
});
