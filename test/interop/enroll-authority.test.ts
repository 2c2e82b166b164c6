/** The client and the authority, neither of which knows the other's code: every step of an archival between them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { acceptResponse } from '#enroll/accept';
import { InfFile } from '#enroll/inf/inf-file';
import { readRequestPolicy } from '#enroll/inf/request-policy';
import { newRequest } from '#enroll/new-request';
import type { CaClient, EnrollmentPorts } from '#enroll/ports';
import { formatHex } from '#pki/asn1/bytes';
import { decodeEnvelopedData } from '#pki/cms/enveloped-data';
import { openData, recipientOf } from '#pki/cms/open';
import type { PrivateKey } from '#pki/crypto/engine';
import { nodeEngine } from '#pki/crypto/node/engine';
import { decodeKeyBlob } from '#pki/keyblob/key-blob';
import { decodeCertificate } from '#pki/x509/certificate';
import { AuthorityWorld } from '#test/support/authority-world';
import { Enrollee } from '#test/support/enrollee';
import { newKey, pkcs10 } from '#test/support/requester';

describe('enrolling at the authority', () => {
  let world: AuthorityWorld;
  let enrollee: Enrollee;
  let ports: EnrollmentPorts;
  let agent: { readonly certificate: Uint8Array; readonly key: PrivateKey };

  before(async () => {
    world = await AuthorityWorld.create();
    await world.publish('KeyRecoveryAgent');
    await world.publishArchivalTemplate('ArchiveEFS');
    const administrator = await world.as('Administrator');
    await world.directory.addMember('CONTOSO\\Domain Admins', 'CONTOSO\\kra1');
    const agentKey = await newKey(nodeEngine);
    const pending = await (await world.as('kra1')).submit({
      request: await pkcs10(nodeEngine, agentKey),
      attributes: 'CertificateTemplate:KeyRecoveryAgent',
    });
    const { certificate } = await administrator.resubmit(pending.requestId);
    agent = { certificate: certificate!, key: agentKey.key };
    await administrator.setKeyRecoveryAgents([agent.certificate], 1);
    await world.restart();

    enrollee = new Enrollee();
    const root = world.authority.current.certificate.raw;
    const base = await enrollee.ports({ retrieve: (url) => world.ports.retriever.retrieve(url) }, root);
    ports = { ...base, clock: { now: () => world.now } };
  });
  after(async () => {
    enrollee.remove();
    await world.close();
  });

  const policyOf = (lines: string) =>
    readRequestPolicy(
      InfFile.parse(
        `[NewRequest]\nSubject = "CN=alice"\nPrivateKeyArchive = TRUE\n${lines}\n[RequestAttributes]\nCertificateTemplate = ArchiveEFS\n`,
        'r.inf',
      ),
    );

  it('archives the key, issues, and the answer is accepted', async () => {
    const alice: CaClient = await world.as('alice');
    const { request, keyLocation } = await newRequest(policyOf('KeyLength = 2048'), ports, { ca: alice });
    const outcome = await alice.submit({ request, attributes: '' });
    assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
    const accepted = await acceptResponse(outcome.fullResponse!, ports);
    assert.equal(accepted.keyArchived, true);
    assert.deepEqual(accepted.keyLocation, keyLocation);

    const row = await world.ports.database.request(outcome.requestId);
    const recipient = recipientOf(decodeCertificate(agent.certificate), agent.key);
    const blob = await openData(decodeEnvelopedData(row!.RawArchivedKey!), recipient, nodeEngine);
    const spki = accepted.certificate.tbsCertificate.subjectPublicKeyInfo.raw;
    const recovered = await nodeEngine.importPrivateKey(decodeKeyBlob(blob, spki).pkcs8);
    assert.equal(formatHex(recovered.publicKey), formatHex(spki));
  });

  it('reports what the authority denies', async () => {
    const alice: CaClient = await world.as('alice');
    const policy = readRequestPolicy(
      InfFile.parse('[NewRequest]\nSubject = "CN=a"\n[RequestAttributes]\nCertificateTemplate = Nowhere', 'r.inf'),
    );
    const { request } = await newRequest(policy, ports, {});
    const outcome = await alice.submit({ request, attributes: '' });
    assert.deepEqual([outcome.disposition, outcome.statusCode], ['denied', 0x80094800]);
  });

  it('seals nothing once the CA root is no longer trusted', async () => {
    const alice: CaClient = await world.as('alice');
    const other = new Enrollee();
    try {
      const strange = { ...(await other.ports(ports.retriever)), clock: ports.clock };
      await assert.rejects(() => newRequest(policyOf('KeyLength = 2048'), strange, { ca: alice }), {
        symbol: 'CERT_E_UNTRUSTEDROOT',
      });
    } finally {
      other.remove();
    }
  });
});
