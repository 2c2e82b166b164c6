import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { szOID_ENROLLMENT_NAME_VALUE_PAIR } from '#pki/asn1/oid-table';
import { encodeNameValuePair } from '#pki/cmc/enrollment-name-value-pair';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { attribute } from '#pki/x509/attribute';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { hookedPorts, type PortHooks } from '#test/support/hooked-ports';
import { newKey, pkcs10, type RequesterKey } from '#test/support/requester';
import { enrollmentFlag } from '../template/flags.ts';

const RECEIVED = 4886;
const ISSUED = 4887;
const REFUSED = 4888;
const PENDED = 4889;
const RESUBMITTED = 4869;
const DENIED_BY_MANAGER = 4868;

/** Whatever becomes of a request, the audit log says that it came and, once for each time it was decided on, what became of it. */
describe('the audit log tells how a request ended:', () => {
  const hooks: PortHooks = {};
  let world: AuthorityWorld;
  let key: RequesterKey;

  before(async () => {
    world = await AuthorityWorld.create({ wrap: (ports) => hookedPorts(ports, hooks) });
    key = await newKey(engine);
    await world.enrollAgents(['kra1'], 1);
    await world.publishArchivalTemplate();
    await world.addTemplate('EFS', 'Pended', { enrollmentFlags: enrollmentFlag('CT_FLAG_PEND_ALL_REQUESTS') });
    await world.publish('Pended');
  });
  afterEach(() => {
    delete hooks.commit;
    delete hooks.sign;
  });
  after(() => world.close());

  const deviceGone = async (): Promise<never> => {
    throw hresult('NTE_DEVICE_NOT_READY');
  };

  async function submit(request: Uint8Array, template: string, name = 'alice'): Promise<number> {
    const caller = await world.as(name);
    return (await caller.submit({ request, attributes: `CertificateTemplate:${template}`, fullResponse: false }))
      .requestId;
  }

  async function submitPkcs10(template: string): Promise<number> {
    return submit(await pkcs10(engine, key), template);
  }

  /** Events about this request, in order. */
  async function told(requestId: number): Promise<number[]> {
    const records = (await collect(world.ports.database.audit())).map(({ record }) => record);
    return records
      .filter(({ fields }) => fields.some(([name, value]) => name === 'RequestId' && value === String(requestId)))
      .map(({ eventId }) => eventId);
  }

  test('issued', async () => {
    assert.deepEqual(await told(await submitPkcs10('EFS')), [RECEIVED, ISSUED]);
  });

  test('waiting, then issued or denied by a certificate manager', async () => {
    const manager = await world.as('Administrator');
    const issued = await submitPkcs10('Pended');
    assert.deepEqual(await told(issued), [RECEIVED, PENDED]);
    await manager.resubmit(issued);
    assert.deepEqual(await told(issued), [RECEIVED, PENDED, RESUBMITTED, ISSUED]);
    const denied = await submitPkcs10('Pended');
    await manager.deny(denied);
    assert.deepEqual(await told(denied), [RECEIVED, PENDED, DENIED_BY_MANAGER]);
  });

  test('with each attribute once, whether it stands in the request or came with it', async () => {
    const pairs = [encodeNameValuePair(['CertificateTemplate', 'Pended']), encodeNameValuePair(['note', 'a'])];
    const attributes = [attribute(szOID_ENROLLMENT_NAME_VALUE_PAIR, pairs)];
    const requestId = await submit(await pkcs10(engine, key, { attributes }), 'Pended');
    await (await world.as('Administrator')).resubmit(requestId);
    const { record } = (await collect(world.ports.database.audit())).at(-1)!;
    assert.equal(record.eventId, ISSUED);
    assert.deepEqual(
      record.fields.find(([name]) => name === 'Attributes'),
      ['Attributes', 'CertificateTemplate:Pended; note:a'],
    );
  });

  test('denied by policy, and for want of a key', async () => {
    assert.deepEqual(await told(await submitPkcs10('NoSuchTemplate')), [RECEIVED, REFUSED]);
    assert.deepEqual(await told(await submitPkcs10('ArchiveEFS')), [RECEIVED, REFUSED]);
  });

  test('not to be read, or not signed by its key', async () => {
    assert.deepEqual(await told(await submit(Uint8Array.of(0x30, 0x80, 0x41), 'EFS')), [RECEIVED, REFUSED]);
    const request = Uint8Array.from(await pkcs10(engine, key));
    request[request.length - 9]! ^= 1;
    assert.deepEqual(await told(await submit(request, 'EFS')), [RECEIVED, REFUSED]);
  });

  test('without a certificate, because it would be too long', async () => {
    const names = Array.from({ length: 300 }, (_, i) => ({ type: 'dNSName', value: `web${i}.contoso.com` }) as const);
    const request = await pkcs10(engine, key, { extensions: [encodeExtension(EXTENSIONS.subjectAltName, names)] });
    assert.deepEqual(await told(await submit(request, 'WebServer', 'Administrator')), [RECEIVED, REFUSED]);
    assert.equal((await world.eventIds()).at(-1), 21);
  });

  test('without a certificate, because the key was not there; resubmitted, each time anew', async () => {
    const manager = await world.as('Administrator');
    hooks.sign = deviceGone;
    const requestId = await submitPkcs10('EFS');
    assert.deepEqual(await told(requestId), [RECEIVED, REFUSED]);
    await assert.rejects(manager.resubmit(requestId), { symbol: 'NTE_DEVICE_NOT_READY' });
    assert.deepEqual(await told(requestId), [RECEIVED, REFUSED, RESUBMITTED, REFUSED]);
    delete hooks.sign;
    await manager.resubmit(requestId);
    assert.deepEqual(await told(requestId), [RECEIVED, REFUSED, RESUBMITTED, REFUSED, RESUBMITTED, ISSUED]);
  });

  for (const [what, keyAtStart, outcome] of [
    ['issued', undefined, ISSUED],
    ['without a certificate', deviceGone, REFUSED],
  ] as const) {
    test(`${what}, after a crash before its signature`, async () => {
      const dead = new Error('the process is gone');
      let isDead = false;
      hooks.sign = async () => {
        isDead = true;
        throw dead;
      };
      hooks.commit = (_, run) => (isDead ? Promise.reject(dead) : run());
      const requestId = (await world.ports.database.nextRequestId()) + 1;
      await assert.rejects(submitPkcs10('EFS'), dead);
      delete hooks.commit;
      delete hooks.sign;
      assert.deepEqual(await told(requestId), [RECEIVED]);
      if (keyAtStart) hooks.sign = keyAtStart;
      await world.restart();
      assert.deepEqual(await told(requestId), [RECEIVED, outcome]);
    });
  }
});
