import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { HresultSymbol } from '#hresult/codes';
import { HresultError, isHresult } from '#hresult/hresult-error';
import { id_envelopedData } from '#pki/asn1/oid-table';
import { identifiesCertificate } from '#pki/cms/certificate-match';
import { decodeContentInfo } from '#pki/cms/content-info';
import { decodeSignedData, encodeSignedData } from '#pki/cms/signed-data';
import { nodeEngine } from '#pki/crypto/node/engine';
import { webEngine } from '#pki/crypto/web/engine';
import { encodeBcryptRsaBlob } from '#pki/keyblob/bcrypt-rsa-blob';
import { computePublicKey, isSamePublicKey } from '#pki/keyblob/public-key-match';
import { sealPfx } from '#pki/pkcs12/seal';
import { type Holder, makeHolder, makeRecoveryBlob, P256 } from '#test/support/recovery-ca';
import { recoverBatch, wipeKeys } from './batch.ts';
import { openRecoveryBlob, type RecoveryRequest } from './open-blob.ts';
import type { RecipientKey } from './ports.ts';
import { NoRecipientKeyError } from './recipient.ts';
import { decodeRecoveryBlob } from './recovery-blob.ts';

const YESTERDAY = new Date(Date.now() - 86_400_000);

function fails(symbol: HresultSymbol): (error: unknown) => boolean {
  return (error) => isHresult(error, symbol) || assert.fail(`${symbol} expected, ${error} came`);
}

let root: Holder;
let ca: Holder;
let user: Holder;
let curveUser: Holder;
let agent: Holder;
let curveAgent: Holder;
let expiredAgent: Holder;
before(async () => {
  root = await makeHolder({ subject: 'CN=Root', role: 'ca', parameters: P256 });
  ca = await makeHolder({ subject: 'CN=Issuing', role: 'ca', issuer: root });
  user = await makeHolder({ subject: 'CN=user1, O=Contoso', role: 'user', issuer: ca });
  curveUser = await makeHolder({ subject: 'CN=user2', role: 'user', issuer: ca, parameters: P256 });
  agent = await makeHolder({ subject: 'CN=KRA 1', role: 'agent', issuer: ca });
  curveAgent = await makeHolder({ subject: 'CN=KRA 2', role: 'agent', issuer: ca, parameters: P256 });
  expiredAgent = await makeHolder({
    subject: 'CN=KRA 3',
    role: 'agent',
    issuer: ca,
    parameters: P256,
    notAfter: YESTERDAY,
  });
});

/** Ports over keys that are at hand; counts handles that are still open. */
function portsOf(...holders: readonly Holder[]): RecoveryRequest & { open: number } {
  const ports = {
    open: 0,
    engine: nodeEngine,
    async findRecipientKey(rid: Parameters<RecoveryRequest['findRecipientKey']>[0]): Promise<RecipientKey | undefined> {
      const found = holders.find(({ certificate }) => identifiesCertificate(rid, certificate));
      if (!found) return undefined;
      ports.open++;
      return { certificate: found.certificate, decrypter: found.key, close: () => void ports.open-- };
    },
  };
  return ports;
}

describe('openRecoveryBlob', () => {
  it('answers the key, its certificate and chain, the agent and the CA', async () => {
    const blob = await makeRecoveryBlob({ ca, user, agents: [agent, curveAgent] });
    const ports = portsOf(agent);
    const recovered = await openRecoveryBlob(blob, { ...ports, trustedCa: [root.certificate] });
    assert.ok(isSamePublicKey(computePublicKey(recovered.pkcs8), user.key.publicKey));
    assert.deepEqual(recovered.certificate.raw, user.certificate.raw);
    assert.deepEqual(
      recovered.chain.map(({ raw }) => raw),
      [user, ca, root].map(({ certificate }) => certificate.raw),
    );
    assert.equal(recovered.recipient.subject, 'CN=KRA 1');
    assert.deepEqual(recovered.recipientCertificate.raw, agent.certificate.raw);
    assert.deepEqual(recovered.signer.raw, ca.certificate.raw);
    assert.deepEqual([recovered.isSignerTrusted, recovered.keySpec, recovered.format], [true, 1, 'capi']);
    assert.equal(ports.open, 0);
  });

  it('opens for agents with keys of either kind, keys of either kind, in every form', async () => {
    const forms: [Holder, Uint8Array | undefined][] = [
      [user, undefined],
      [user, encodeBcryptRsaBlob(user.pkcs8, 'RSA2')],
      [user, encodeBcryptRsaBlob(user.pkcs8, 'RSA3')],
      [user, user.pkcs8],
      [user, await pfxOf(user)],
      [curveUser, undefined],
      [curveUser, curveUser.pkcs8],
    ];
    for (const [owner, keyBlob] of forms) {
      const plan = { ca, user: owner, agents: [agent, curveAgent], ...(keyBlob ? { keyBlob } : {}) };
      const blob = await makeRecoveryBlob(plan);
      for (const holder of [agent, curveAgent]) {
        const { pkcs8 } = await openRecoveryBlob(blob, portsOf(holder));
        assert.ok(isSamePublicKey(computePublicKey(pkcs8), owner.key.publicKey));
      }
    }
  });

  it('opens under the engine of the browser', async () => {
    const blob = await makeRecoveryBlob({ ca, user, agents: [agent] });
    const engine = webEngine(globalThis.crypto);
    const decrypter = await engine.importPrivateKey(agent.pkcs8);
    const { pkcs8 } = await openRecoveryBlob(blob, {
      engine,
      findRecipientKey: async () => ({ certificate: agent.certificate, decrypter, close: () => decrypter.destroy() }),
    });
    assert.ok(isSamePublicKey(computePublicKey(pkcs8), user.key.publicKey));
  });

  it('reads enveloped data bare and in its ContentInfo under either type', async () => {
    const bare = (archivedKey: Uint8Array) => decodeContentInfo(archivedKey).content;
    for (const plan of [
      { content: bare },
      { eContentType: id_envelopedData },
      { eContentType: id_envelopedData, content: bare },
    ]) {
      const blob = await makeRecoveryBlob({ ca, user, agents: [agent], ...plan });
      assert.deepEqual((await openRecoveryBlob(blob, portsOf(agent))).certificate.raw, user.certificate.raw);
    }
  });

  it('takes the first recipient with a key, or the one that is named', async () => {
    const blob = await makeRecoveryBlob({ ca, user, agents: [agent, curveAgent] });
    const both = portsOf(curveAgent, agent);
    assert.equal((await openRecoveryBlob(blob, both)).recipient.index, 0);
    assert.equal((await openRecoveryBlob(blob, { ...both, recipientIndex: 1 })).recipient.subject, 'CN=KRA 2');
    await assert.rejects(openRecoveryBlob(blob, { ...both, recipientIndex: 2 }), fails('CRYPT_E_INVALID_INDEX'));
    await assert.rejects(
      openRecoveryBlob(blob, { ...portsOf(agent), recipientIndex: 1 }),
      fails('CRYPT_E_NO_DECRYPT_CERT'),
    );
  });

  it('goes on to the next agent where a key does not open', async () => {
    const blob = await makeRecoveryBlob({ ca, user, agents: [agent, curveAgent] });
    const ports = portsOf({ ...agent, key: ca.key }, curveAgent);
    assert.equal((await openRecoveryBlob(blob, ports)).recipient.index, 1);
    await assert.rejects(openRecoveryBlob(blob, { ...ports, recipientIndex: 0 }), HresultError);
    assert.equal(ports.open, 0);
  });

  it('names the agents who could, where none is at hand', async () => {
    const blob = await makeRecoveryBlob({ ca, user, agents: [agent, curveAgent] });
    await assert.rejects(openRecoveryBlob(blob, portsOf(user)), (error) => {
      assert.ok(error instanceof NoRecipientKeyError && error.symbol === 'CRYPT_E_NO_DECRYPT_CERT');
      assert.deepEqual(
        error.recipients.map(({ subject, type }) => [subject, type]),
        [
          ['CN=KRA 1', 'ktri'],
          ['CN=KRA 2', 'kari'],
        ],
      );
      assert.match(error.recipients[0]!.thumbprint!, /^[0-9a-f]{40}$/);
      return true;
    });
  });

  it('names an agent whose certificate is not in the BLOB by issuer and serial number', async () => {
    const certificates = [user, ca, root].map(({ certificate }) => certificate.raw);
    const blob = await makeRecoveryBlob({ ca, user, agents: [agent], certificates });
    await assert.rejects(openRecoveryBlob(blob, portsOf()), (error) => {
      assert.ok(error instanceof NoRecipientKeyError);
      const [recipient] = error.recipients;
      assert.deepEqual([recipient!.subject, recipient!.issuer], [undefined, 'CN=Issuing']);
      assert.match(error.detail!, new RegExp(`certificate ${recipient!.serialNumber} of CN=Issuing`));
      return true;
    });
  });

  it('opens with the key of an agent who expired, and answers his certificate', async () => {
    const blob = await makeRecoveryBlob({ ca, user, agents: [expiredAgent] });
    const { recipientCertificate } = await openRecoveryBlob(blob, portsOf(expiredAgent));
    assert.ok(recipientCertificate.tbsCertificate.validity.notAfter < new Date());
  });

  it('says where the CA is not trusted, and opens all the same', async () => {
    const blob = await makeRecoveryBlob({ ca, user, agents: [agent] });
    const other = await makeHolder({ subject: 'CN=Root', role: 'ca', parameters: P256 });
    const request = portsOf(agent);
    assert.equal((await openRecoveryBlob(blob, { ...request, trustedCa: [other.certificate] })).isSignerTrusted, false);
    assert.equal((await openRecoveryBlob(blob, request)).isSignerTrusted, undefined);
  });

  it('refuses a BLOB of another certificate than the one expected', async () => {
    const blob = await makeRecoveryBlob({ ca, user, agents: [agent] });
    const expected = await nodeEngine.digest('sha1', curveUser.certificate.raw);
    await assert.rejects(openRecoveryBlob(blob, { ...portsOf(agent), expected }), fails('CRYPT_E_NO_MATCH'));
  });

  it('refuses the key of another certificate, in every form', async () => {
    for (const keyBlob of [curveUser.pkcs8, agent.pkcs8, await pfxOf(agent)]) {
      const blob = await makeRecoveryBlob({ ca, user, agents: [agent], keyBlob });
      const ports = portsOf(agent);
      await assert.rejects(openRecoveryBlob(blob, ports), fails('NTE_BAD_KEY'));
      assert.equal(ports.open, 0);
    }
  });

  it('refuses what is no key', async () => {
    const keyBlob = new TextEncoder().encode('no key at all');
    const blob = await makeRecoveryBlob({ ca, user, agents: [agent], keyBlob });
    await assert.rejects(openRecoveryBlob(blob, portsOf(agent)), fails('NTE_BAD_TYPE'));
  });
});

describe('decodeRecoveryBlob', () => {
  const edited = async (edit: (message: ReturnType<typeof decodeSignedData>) => ReturnType<typeof decodeSignedData>) =>
    encodeSignedData(edit(decodeSignedData(await makeRecoveryBlob({ ca, user, agents: [agent] }))));

  it('tells everything without a key', async () => {
    const blob = await decodeRecoveryBlob(
      await makeRecoveryBlob({ ca, user, agents: [agent, curveAgent] }),
      nodeEngine,
    );
    assert.deepEqual(blob.certificate.raw, user.certificate.raw);
    assert.deepEqual(
      blob.recipients.map(({ subject }) => subject),
      ['CN=KRA 1', 'CN=KRA 2'],
    );
    assert.equal(blob.certificates.length, 5);
  });

  it('finds the certificate without the attribute where only one can be meant', async () => {
    const plan = { ca, user, agents: [agent], certificateHash: undefined };
    const one = await decodeRecoveryBlob(await makeRecoveryBlob(plan), nodeEngine);
    assert.deepEqual(one.certificate.raw, user.certificate.raw);
    const certificates = [user, curveUser, ca, agent].map(({ certificate }) => certificate.raw);
    await assert.rejects(
      decodeRecoveryBlob(await makeRecoveryBlob({ ...plan, certificates }), nodeEngine),
      fails('CRYPT_E_NO_MATCH'),
    );
  });

  it('refuses a changed content, signature, attribute and certificate', async () => {
    const content = await edited((message) => ({
      ...message,
      encapContentInfo: { ...message.encapContentInfo, eContent: flipped(message.encapContentInfo.eContent!) },
    }));
    await assert.rejects(decodeRecoveryBlob(content, nodeEngine), fails('CRYPT_E_HASH_VALUE'));
    const signature = await edited((message) => ({
      ...message,
      signerInfos: message.signerInfos.map((info) => ({ ...info, signature: flipped(info.signature) })),
    }));
    await assert.rejects(decodeRecoveryBlob(signature, nodeEngine), fails('NTE_BAD_SIGNATURE'));
    const attributes = await edited((message) => ({
      ...message,
      signerInfos: message.signerInfos.map((info) => ({ ...info, signedAttrs: info.signedAttrs!.slice(0, 2) })),
    }));
    await assert.rejects(decodeRecoveryBlob(attributes, nodeEngine), HresultError);
    const swapped = await edited((message) => ({
      ...message,
      certificates: [curveUser.certificate.raw, ...message.certificates!.slice(1)],
    }));
    await assert.rejects(decodeRecoveryBlob(swapped, nodeEngine), fails('CRYPT_E_HASH_VALUE'));
  });

  it('refuses a BLOB without signature, without the certificate of its signer, and other messages', async () => {
    const unsigned = await edited((message) => ({ ...message, signerInfos: [] }));
    await assert.rejects(decodeRecoveryBlob(unsigned, nodeEngine), fails('CRYPT_E_NO_SIGNER'));
    const bare = await edited((message) => ({ ...message, certificates: [user.certificate.raw] }));
    await assert.rejects(decodeRecoveryBlob(bare, nodeEngine), fails('CRYPT_E_SIGNER_NOT_FOUND'));
    const blob = decodeSignedData(await makeRecoveryBlob({ ca, user, agents: [agent] }));
    await assert.rejects(
      decodeRecoveryBlob(blob.encapContentInfo.eContent!, nodeEngine),
      fails('CRYPT_E_INVALID_MSG_TYPE'),
    );
  });

  it('meets damaged bytes with HresultErrors only', async () => {
    const blob = await makeRecoveryBlob({ ca, user, agents: [agent] });
    const ports = portsOf(agent);
    await fc.assert(
      fc.asyncProperty(fc.nat(blob.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const damaged = blob.slice();
        damaged[at]! ^= mask;
        try {
          await openRecoveryBlob(damaged, ports);
        } catch (error) {
          assert.ok(error instanceof HresultError, String(error));
        }
      }),
      { numRuns: 300, seed: 7 },
    );
    assert.equal(ports.open, 0);
  });
});

describe('recoverBatch', () => {
  it('keeps the order, goes on after a failure, and leaves keys that can be wiped', async () => {
    const good = await makeRecoveryBlob({ ca, user, agents: [agent] });
    const closed = await makeRecoveryBlob({ ca, user, agents: [curveAgent] });
    const bytes = [good, closed, Uint8Array.of(0x30, 0), good, good, closed, good];
    const blobs = bytes.map((each, index) => ({ name: String(index), bytes: each }));
    const results = await recoverBatch(blobs, portsOf(agent));
    assert.deepEqual(
      results.map(({ name, ok }) => `${name} ${ok}`),
      ['0 true', '1 false', '2 false', '3 true', '4 true', '5 false', '6 true'],
    );
    const keys = results.flatMap((result) => (result.ok ? [result.key.pkcs8] : []));
    assert.ok(keys.every((key) => key.some((octet) => octet !== 0)));
    wipeKeys(results);
    assert.ok(keys.every((key) => key.every((octet) => octet === 0)));
    assert.deepEqual(await recoverBatch([], portsOf(agent)), []);
  });

  it('lets a fault of our own through, and keeps no key then', async () => {
    const bytes = await makeRecoveryBlob({ ca, user, agents: [agent] });
    const ports = portsOf(agent);
    let asked = 0;
    const findRecipientKey: typeof ports.findRecipientKey = async (rid) => {
      if (asked++ === 1) throw new TypeError('ours');
      return ports.findRecipientKey(rid);
    };
    const blobs = Array.from({ length: 6 }, (_, index) => ({ name: String(index), bytes }));
    await assert.rejects(recoverBatch(blobs, { ...ports, findRecipientKey }), TypeError);
    assert.equal(ports.open, 0);
  });
});

function flipped(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  changed[changed.length - 1]! ^= 1;
  return changed;
}

function pfxOf({ pkcs8, certificate }: Holder): Promise<Uint8Array> {
  const contents = {
    keys: [{ pkcs8, attributes: [] }],
    certificates: [{ certificate: certificate.raw, attributes: [] }],
  };
  return sealPfx(contents, '', { algorithm: 'AES256_SHA256', iterations: 10 }, nodeEngine);
}
