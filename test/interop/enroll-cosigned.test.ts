/**
 * Requests that somebody signs besides: renewals and requests on behalf of another, between client and authority, with OpenSSL
 * as witness of what we write and as maker of what we take.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { acceptResponse } from '#enroll/accept';
import { InfFile } from '#enroll/inf/inf-file';
import { readRequestPolicy } from '#enroll/inf/request-policy';
import { newRequest } from '#enroll/new-request';
import type { EnrollmentPorts } from '#enroll/ports';
import { signRequest } from '#enroll/sign-request';
import { openCertificateFor, signatureBy } from '#enroll/signing-certificate';
import { formatHex } from '#pki/asn1/bytes';
import { szOID_ENROLLMENT_AGENT } from '#pki/asn1/oid-table';
import { encodePem } from '#pki/asn1/pem';
import { certificatesOf } from '#pki/cms/certificate-set';
import { decodeSignedData } from '#pki/cms/signed-data';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { formatName } from '#pki/x509/name-text';
import { AuthorityWorld } from '#test/support/authority-world';
import { CLIENT, Enrollee } from '#test/support/enrollee';
import { newKey, pkcs10 } from '#test/support/requester';
import { Folder } from './cms-parties.ts';

describe('requests that another signs besides', () => {
  let world: AuthorityWorld;
  let folder: Folder;
  const enrollees: Enrollee[] = [];

  before(async () => {
    world = await AuthorityWorld.create();
    folder = new Folder();
    await world.addTemplate('EFS', 'Mail');
    await world.addTemplate('User', 'Agent', {
      extendedKeyUsage: [szOID_ENROLLMENT_AGENT],
      applicationPolicies: [szOID_ENROLLMENT_AGENT],
      enrollmentFlags: 2,
    });
    await world.addTemplate('EFS', 'ByAgent', { raSignatures: 1, raApplicationPolicies: [szOID_ENROLLMENT_AGENT] });
    await world.publish('Mail', 'Agent', 'ByAgent');
    await world.publishArchivalTemplate('Archive');
    await world.enrollAgents(['kra1'], 1);
  });
  after(async () => {
    for (const enrollee of enrollees) enrollee.remove();
    folder.remove();
    await world.close();
  });

  async function client(name: string): Promise<EnrollmentPorts> {
    const enrollee = new Enrollee();
    enrollees.push(enrollee);
    const root = world.authority.current.certificate.raw;
    const ports = await enrollee.ports({ retrieve: (url) => world.ports.retriever.retrieve(url) }, root);
    return { ...ports, clock: { now: () => world.now }, client: { ...CLIENT, userName: `CONTOSO\\${name}` } };
  }

  async function make(ports: EnrollmentPorts, inf: string, name = 'alice') {
    const policy = readRequestPolicy(InfFile.parse(`[NewRequest]\n${inf}`, 'r.inf'));
    return (await newRequest(policy, ports, { ca: await world.as(name) })).request;
  }

  async function enroll(ports: EnrollmentPorts, name: string, inf: string) {
    let outcome = await (await world.as(name)).submit({ request: await make(ports, inf, name), attributes: '' });
    if (outcome.disposition === 'pending')
      outcome = await (await world.as('Administrator')).resubmit(outcome.requestId);
    assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
    return acceptResponse(outcome.fullResponse!, ports);
  }

  /** openssl cms -verify, the signer's chain included. */
  function verifyByCa(request: Uint8Array, content: string): void {
    folder.write('signed.p7', request);
    folder.write('ca.pem', encodePem('CERTIFICATE', world.authority.current.certificate.raw));
    const time = Math.floor(world.now.getTime() / 1000);
    const verify = 'openssl cms -verify -inform DER -in signed.p7 -CAfile ca.pem -purpose any';
    assert.match(folder.run(`${verify} -attime ${time} -binary -out ${content}`), /successful/i);
  }

  const mail = '[RequestAttributes]\nCertificateTemplate = Mail\n';
  const thumbprint = async (raw: Uint8Array) => formatHex(await engine.digest('sha1', raw));

  for (const type of ['CMC', 'PKCS7']) {
    for (const existing of [true, false]) {
      it(`renews by ${type} with ${existing ? 'the same' : 'a new'} key; the old certificate is archived`, async () => {
        const ports = await client('alice');
        const old = await enroll(ports, 'alice', `KeyLength = 2048\n${mail}`);
        const hash = await thumbprint(old.certificate.raw);
        const inf = `RenewalCert = ${hash}\nRequestType = ${type}\nUseExistingKeySet = ${existing}\n`;
        const request = await make(ports, inf);
        if (type === 'PKCS7') {
          verifyByCa(request, 'renewal.req');
          assert.match(folder.run('openssl req -inform DER -in renewal.req -noout -verify'), /verify OK/);
        }
        const outcome = await (await world.as('alice')).submit({ request, attributes: '' });
        assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
        const accepted = await acceptResponse(outcome.certificate!, ports);
        assert.equal(formatHex(accepted.renewed!.raw), formatHex(old.certificate.raw));
        assert.equal(accepted.keyLocation.container === old.keyLocation.container, existing);
        const entries = await ports.stores.open('My').list();
        const archived = entries.find((entry) => entry.thumbprint === hash);
        assert.equal(archived?.properties.archived, true);
        assert.equal(formatHex(archived!.properties.renewal!), await thumbprint(outcome.certificate!));
        const current = entries.filter(({ properties }) => !properties.archived);
        assert.equal(current.length, 1);
        assert.equal(current[0]!.properties.renews, undefined);
      });
    }
  }

  it('renews with an archived key', async () => {
    const ports = await client('alice');
    const template = '[RequestAttributes]\nCertificateTemplate = Archive\n';
    const old = await enroll(ports, 'alice', `PrivateKeyArchive = TRUE\nKeyLength = 2048\n${template}`);
    assert.equal(old.keyArchived, true);
    const inf = `RenewalCert = ${await thumbprint(old.certificate.raw)}\nPrivateKeyArchive = TRUE\nKeyLength = 2048\n`;
    const outcome = await (await world.as('alice')).submit({ request: await make(ports, inf), attributes: '' });
    assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
    assert.equal((await acceptResponse(outcome.fullResponse!, ports)).keyArchived, true);
  });

  it('an agent asks for somebody else, and his own store stays clean', async () => {
    const ports = await client('officer');
    await enroll(ports, 'officer', 'KeyLength = 2048\n[RequestAttributes]\nCertificateTemplate = Agent\n');
    for (const type of ['CMC', 'PKCS7']) {
      const inf = `RequesterName = CONTOSO\\bob\nRequestType = ${type}\nKeyLength = 2048\n[RequestAttributes]\nCertificateTemplate = ByAgent\n`;
      const request = await make(ports, inf, 'officer');
      const outcome = await (await world.as('officer')).submit({ request, attributes: '' });
      assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
      const accepted = await acceptResponse(outcome.fullResponse!, ports);
      assert.match(formatName(accepted.certificate.tbsCertificate.subject), /CN=bob/);
      assert.deepEqual([accepted.store, accepted.onBehalfOf], ['AddressBook', 'CONTOSO\\bob']);
    }
    assert.equal((await ports.stores.open('My').list()).length, 1);
    assert.equal((await ports.stores.open('AddressBook').list()).length, 2);
    assert.equal((await ports.stores.open('Request').list()).length, 0);
  });

  it('an agent signs what the other made: PKCS #10, CMC with an archived key, PKCS #7', async () => {
    const agentPorts = await client('officer');
    await enroll(agentPorts, 'officer', 'KeyLength = 2048\n[RequestAttributes]\nCertificateTemplate = Agent\n');
    const signer = await openCertificateFor('Certificate Request Agents', agentPorts);
    const bob = await client('bob');
    await world.addTemplate('EFS', 'ArchiveByAgent', {
      raSignatures: 1,
      raApplicationPolicies: [szOID_ENROLLMENT_AGENT],
      privateKeyFlags: 1,
    });
    await world.publish('ArchiveByAgent');
    const named = (template: string) =>
      `[RequestAttributes]\nCertificateTemplate = ${template}\nRequesterName = "CONTOSO\\bob"\n`;
    const samples = [
      await make(bob, `KeyLength = 2048\n${named('ByAgent')}`),
      await make(bob, `KeyLength = 2048\nPrivateKeyArchive = TRUE\n${named('ArchiveByAgent')}`, 'bob'),
    ];
    for (const sample of samples) {
      const signed = await signRequest(sample, signatureBy(signer, 'sha256'), engine);
      assert.equal(signed.requesterName, 'CONTOSO\\bob');
      const outcome = await (await world.as('officer')).submit({ request: signed.request, attributes: '' });
      assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
      const { certificate, store } = await acceptResponse(outcome.fullResponse!, bob);
      assert.match(formatName(certificate.tbsCertificate.subject), /CN=bob/);
      assert.equal(store, 'My');
    }
    signer.key.close();
  });

  it('takes what openssl makes: req, and cms -sign around it', async () => {
    folder.run('openssl req -new -newkey rsa:2048 -nodes -keyout own.key -subj /CN=openssl -out own.pem');
    folder.run('openssl req -in own.pem -outform DER -out own.req');
    const key = await newKey(engine);
    const { certificate } = await (await world.as('alice')).submit({
      request: await pkcs10(engine, key),
      attributes: 'CertificateTemplate:Mail',
    });
    folder.write('old.pem', encodePem('CERTIFICATE', certificate!));
    folder.write('old.p8', key.pkcs8);
    folder.run('openssl pkey -inform DER -in old.p8 -out old.key');
    folder.run(
      'openssl cms -sign -binary -nodetach -in own.req -signer old.pem -inkey old.key -outform DER -out own.p7',
    );
    folder.run(
      'openssl cms -sign -binary -nodetach -indef -stream -in own.req -signer old.pem -inkey old.key -outform DER -out ber.p7',
    );
    const alice = await world.as('alice');
    for (const name of ['own.req', 'own.p7', 'ber.p7']) {
      const outcome = await alice.submit({ request: folder.read(name), attributes: 'CertificateTemplate:Mail' });
      assert.equal(outcome.disposition, 'issued', `${name}: ${outcome.dispositionMessage}`);
    }
  });

  it('openssl verifies what an agent signed, under the agent and the CA', async () => {
    const agentPorts = await client('officer');
    await enroll(agentPorts, 'officer', 'KeyLength = 2048\n[RequestAttributes]\nCertificateTemplate = Agent\n');
    const signer = await openCertificateFor('Certificate Request Agents', agentPorts);
    const bob = await client('bob');
    const sample = await make(bob, `KeyLength = 2048\n[RequestAttributes]\nCertificateTemplate = ByAgent\n`);
    const { request } = await signRequest(sample, signatureBy(signer, 'sha256'), engine);
    signer.key.close();
    assert.equal(certificatesOf(decodeSignedData(request)).length, 1);
    verifyByCa(request, 'content');
  });
});
