/** EncryptionCSP in force: document 004, "Certification Authority CSP Not Supported for Key Archival Functions". */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { decodeEnvelopedData } from '#pki/cms/enveloped-data';
import { openData, recipientOf } from '#pki/cms/open';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { publicKeyKind } from '#pki/crypto/public-key';
import { decodeCertificate } from '#pki/x509/certificate';
import { type Agent, AuthorityWorld } from '#test/support/authority-world';
import { eventsOf } from '#test/support/kra-list';
import { archivalRequest, keyBlobOf, newKey } from '#test/support/requester';
import type { EventRecord } from '../audit/event-record.ts';
import { KRAF } from '../config/registry-flags.ts';

const ADCS = 'Active Directory Certificate Services';
const KSP = 'Microsoft Software Key Storage Provider';
const STRONG = 'Microsoft Strong Cryptographic Provider';
const AES_CSP = 'Microsoft Enhanced RSA and AES Cryptographic Provider';
const AES_256 = '2.16.840.1.101.3.4.1.42';
const AES_128 = '2.16.840.1.101.3.4.1.2';
const DES_EDE3 = '1.2.840.113549.3.7';

describe('EncryptionCSP', () => {
  let world: AuthorityWorld;
  let agent: Agent;

  beforeEach(async () => {
    world = await AuthorityWorld.create();
    [agent] = (await world.enrollAgents(['kra1'], 1)) as [Agent];
    await world.publishArchivalTemplate();
  });
  afterEach(() => world.close());

  async function set(values: Readonly<Record<string, string | number>>): Promise<void> {
    const admin = await world.as('Administrator');
    for (const [name, data] of Object.entries(values)) {
      const value =
        typeof data === 'string' ? ({ type: 'REG_SZ', data } as const) : ({ type: 'REG_DWORD', data } as const);
      await admin.setRegistry({ path: 'EncryptionCSP', name, value });
    }
  }

  function ids(events: readonly EventRecord[]): number[] {
    return events.map(({ eventId }) => eventId);
  }

  async function exchange() {
    return decodeCertificate((await (await world.as('alice')).exchangeCertificate()).certificate);
  }

  /** The providers that hold exchange keys. */
  async function exchangeKeys(): Promise<string[]> {
    const found: string[] = [];
    for (const provider of world.ports.providers.all)
      for (const container of await provider.listContainers())
        if (container.includes('-Xchg(')) found.push(provider.name);
    return found;
  }

  async function archive() {
    const key = await newKey(engine);
    const request = await archivalRequest(engine, key, (await exchange()).raw, 'ArchiveEFS');
    return { key, outcome: await (await world.as('alice')).submit({ request, attributes: '' }) };
  }

  /** The content encryption algorithm of a key archived now, which its agent opens. */
  async function archivedWith(): Promise<string> {
    const { key, outcome } = await archive();
    assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
    const sealed = decodeEnvelopedData((await world.ports.database.request(outcome.requestId))!.RawArchivedKey!);
    const privateKey = await engine.importPrivateKey(agent.key.pkcs8);
    const opened = await openData(sealed, recipientOf(decodeCertificate(agent.certificate), privateKey), engine);
    assert.deepEqual(opened, keyBlobOf(key));
    return sealed.encryptedContentInfo.contentEncryptionAlgorithm.algorithm;
  }

  test('KeySize: the length of the next exchange key', async () => {
    await set({ KeySize: 3072 });
    const kind = publicKeyKind((await exchange()).tbsCertificate.subjectPublicKeyInfo);
    assert.equal(kind.type === 'rsa' && kind.bits, 3072);
  });

  test('CNGPublicKeyAlgorithm: an exchange key of an elliptic curve, and keys come in through it', async () => {
    await set({ CNGPublicKeyAlgorithm: 'ECDH_P256' });
    const kind = publicKeyKind((await exchange()).tbsCertificate.subjectPublicKeyInfo);
    assert.equal(kind.type === 'ec' && kind.curve, 'P-256');
    assert.equal(await archivedWith(), AES_256);
  });

  test('Provider and ProviderType: a CSP, whose EncryptionAlgorithm says what keys are sealed with', async () => {
    await set({ Provider: AES_CSP, ProviderType: 24, EncryptionAlgorithm: 0x6610 });
    const events = await eventsOf(world, async () => {
      assert.equal(await archivedWith(), AES_256);
      assert.deepEqual(await exchangeKeys(), [AES_CSP]);
      await set({ EncryptionAlgorithm: 0x6611, SymmetricKeySize: 128 });
      assert.equal(await archivedWith(), AES_128);
      await set({ Provider: STRONG, ProviderType: 1, EncryptionAlgorithm: 0x6603 });
      assert.equal(await archivedWith(), DES_EDE3);
    });
    assert.deepEqual(ids(events), []);
  });

  test('CNGEncryptionAlgorithm and SymmetricKeySize, at once and without a restart', async () => {
    await set({ SymmetricKeySize: 128 });
    assert.equal(await archivedWith(), AES_128);
    await set({ CNGEncryptionAlgorithm: '3DES' });
    assert.equal(await archivedWith(), DES_EDE3);
  });

  test('ProviderType as document 004 reads it is understood: 1 for a KSP, 0 for a CSP', async () => {
    const events = await eventsOf(world, async () => {
      await set({ ProviderType: 1 });
      await exchange();
      assert.deepEqual(await exchangeKeys(), [KSP]);
      await set({ Provider: AES_CSP, ProviderType: 0, EncryptionAlgorithm: 0x6610 });
      assert.equal(await archivedWith(), AES_256);
    });
    assert.deepEqual(ids(events), []);
  });

  for (const [what, values, code] of [
    ['an unknown provider', { Provider: 'Contoso HSM Provider' }, /0x80090019 \(-2146893799 NTE_KEYSET_NOT_DEF\)$/],
    ['a provider without its device', { Provider: 'Microsoft Platform Crypto Provider' }, /NTE_DEVICE_NOT_READY\)$/],
    ["a type that is not the provider's", { ProviderType: 24 }, /0x8009001b \(-2146893797 NTE_PROV_TYPE_NO_MATCH\)$/],
    ['a provider without RSA', { Provider: 'Microsoft Base DSS Cryptographic Provider', ProviderType: 3 }, /NTE_BAD_/],
    [
      'a provider that does not know the cipher',
      { Provider: STRONG, ProviderType: 1, EncryptionAlgorithm: 0x6610 },
      /NTE_BAD_ALGID\)$/,
    ],
    ['no provider', { Provider: '' }, /NTE_KEYSET_NOT_DEF\)$/],
  ] as const) {
    test(`${what}: events 86 and 88, and the default provider does the work`, async () => {
      await set(values);
      const events = await eventsOf(world, async () => {
        assert.equal(await archivedWith(), AES_256);
        assert.equal(await archivedWith(), AES_256);
        assert.deepEqual(await exchangeKeys(), [KSP]);
      });
      // Told once, not for every key.
      assert.deepEqual(
        events.map(({ eventId, level }) => [eventId, level]),
        [
          [86, 'warning'],
          [88, 'warning'],
        ],
      );
      const start = `${ADCS} could not use the provider specified in the registry for encryption keys.  `;
      assert.ok(events[0]!.text.startsWith(start), events[0]!.text);
      assert.match(events[0]!.variables[0]!, code);
      assert.equal(events[1]!.text, `${ADCS} switched to the default provider for encryption keys. ${KSP}`);
    });
  }

  test('a length that no provider has: events 86, 87 and 96, and no exchange certificate', async () => {
    await set({ Provider: STRONG, ProviderType: 1, EncryptionAlgorithm: 0x6603, KeySize: 20000 });
    const before = await world.state();
    const events = await eventsOf(world, async () => {
      await assert.rejects(exchange(), { symbol: 'ERROR_INVALID_PARAMETER' });
      await assert.rejects(exchange(), { symbol: 'ERROR_INVALID_PARAMETER' });
    });
    assert.deepEqual(await world.state(), before);
    assert.deepEqual(
      events.map(({ eventId, level }) => [eventId, level]),
      [
        [86, 'warning'],
        [87, 'error'],
        [96, 'error'],
      ],
    );
    assert.ok(events[1]!.text.startsWith(`${ADCS} could not use the default provider for encryption keys.  `));
    assert.match(
      events[2]!.text,
      /^Active Directory Certificate Services could not create an encryption certificate\. {2}Error Constructing or Publishing Certificate\. {2}.* 0x80070057 \(WIN32: 87 ERROR_INVALID_PARAMETER\)\.$/,
    );
    assert.equal(events[2]!.variables.length, 2);
    await set({ KeySize: 2048 });
    await exchange();
  });

  test('KRAF_DISABLEUSEDEFAULTPROVIDER: events 86 and 96 alone', async () => {
    const value = { type: 'REG_DWORD', data: KRAF.DISABLEUSEDEFAULTPROVIDER } as const;
    await (await world.as('Administrator')).setRegistry({ path: '', name: 'KRAFlags', value });
    await set({ Provider: 'Contoso HSM Provider' });
    const events = await eventsOf(world, () => assert.rejects(exchange(), { symbol: 'NTE_KEYSET_NOT_DEF' }));
    assert.deepEqual(ids(events), [86, 96]);
  });

  test('a cipher that no provider has: no key is archived, events 86, 87 and 21', async () => {
    await exchange();
    await set({ CNGEncryptionAlgorithm: 'BLOWFISH' });
    const events = await eventsOf(world, async () => {
      const { outcome } = await archive();
      assert.equal(outcome.disposition, 'denied');
      assert.equal(outcome.statusCode >>> 0, 0x80090008);
      assert.equal(outcome.dispositionMessage, 'Error Archiving Private Key');
      assert.equal((await world.ports.database.request(outcome.requestId))!.RawArchivedKey, null);
    });
    assert.deepEqual(ids(events), [86, 87, 21]);
  });

  test("each archival has a symmetric key of its own, out of the engine's random numbers", async () => {
    const drawn: string[] = [];
    const random = (length: number) => {
      const bytes = engine.random(length);
      if (length === 32) drawn.push(Buffer.from(bytes).toString('hex'));
      return bytes;
    };
    const other = await AuthorityWorld.create({ engine: { ...engine, random } });
    try {
      await other.enrollAgents(['kra1'], 1);
      await other.publishArchivalTemplate();
      const { certificate } = await (await other.as('alice')).exchangeCertificate();
      drawn.length = 0;
      for (let n = 0; n < 3; n++) {
        const request = await archivalRequest(engine, await newKey(engine), certificate, 'ArchiveEFS');
        assert.equal((await (await other.as('alice')).submit({ request, attributes: '' })).disposition, 'issued');
      }
    } finally {
      await other.close();
    }
    assert.equal(drawn.length, 3);
    assert.equal(new Set(drawn).size, 3);
  });
});
