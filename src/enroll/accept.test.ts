import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { formatHex } from '#pki/asn1/bytes';
import { encodePem } from '#pki/asn1/pem';
import { encodeCertsOnly } from '#pki/cms/certs-only';
import { decodeCertificationRequest } from '#pki/x509/certification-request';
import { Enrollee } from '#test/support/enrollee';
import { FakeAuthority } from '#test/support/fake-authority';
import { issue } from '#test/support/x509-hierarchy';
import { acceptResponse } from './accept.ts';
import { InfFile } from './inf/inf-file.ts';
import { readRequestPolicy } from './inf/request-policy.ts';
import { newRequest } from './new-request.ts';
import { recordEnrollment } from './pending-requests.ts';
import type { EnrollmentPorts, RequestOutcome } from './ports.ts';

const ARCHIVAL = 'PrivateKeyArchive = TRUE';

describe('accepting an answer', () => {
  let ca: FakeAuthority;
  let enrollee: Enrollee;
  let ports: EnrollmentPorts;

  before(async () => {
    ca = await FakeAuthority.create();
  });
  beforeEach(async () => {
    enrollee = new Enrollee();
    ports = await enrollee.ports(await ca.retriever(), ca.root.certificate.raw);
    ca.echo = undefined;
  });
  afterEach(() => enrollee.remove());

  async function enroll(lines = '', template = 'User'): Promise<RequestOutcome & { readonly request: Uint8Array }> {
    const policy = readRequestPolicy(
      InfFile.parse(`[NewRequest]\nSubject = "CN=alice"\nKeyLength = 1024\nFriendlyName = mine\n${lines}`, 'r.inf'),
    );
    const { request } = await newRequest(policy, ports, { ca });
    return { ...(await ca.submit({ request, attributes: `CertificateTemplate:${template}` })), request };
  }

  const names = async (store: string) => (await ports.stores.open(store).list()).map((entry) => entry.thumbprint);

  it('puts the certificate into My with its key, from each kind of file', async () => {
    for (const kind of ['fullResponse', 'certificateChain', 'certificate'] as const) {
      const outcome = await enroll();
      const pem = new TextEncoder().encode(encodePem('CERTIFICATE', outcome[kind]!));
      const accepted = await acceptResponse(pem, ports);
      assert.equal(formatHex(accepted.certificate.raw), formatHex(outcome.certificate!));
      const entries = await ports.stores.open('My').list();
      const entry = entries.find(({ certificate }) => formatHex(certificate.raw) === formatHex(outcome.certificate!));
      assert.deepEqual(entry?.properties.keyProvInfo, accepted.keyLocation);
      assert.equal(entry.properties.friendlyName, 'mine');
      assert.deepEqual(await names('Request'), []);
    }
  });

  it('keeps what is known of the request', async () => {
    const outcome = await enroll();
    const publicKey = decodeCertificationRequest(outcome.request).certificationRequestInfo.subjectPKInfo.raw;
    const enrollment = { requestId: 7, caDnsName: 'ca1', caName: 'Contoso CA', displayName: '' };
    await recordEnrollment(ports.stores, publicKey, enrollment);
    await acceptResponse(outcome.fullResponse!, ports);
    assert.deepEqual((await ports.stores.open('My').list())[0]!.properties.enrollment, enrollment);
  });

  it('takes the confirmation of an archived key', async () => {
    const outcome = await enroll(ARCHIVAL);
    const accepted = await acceptResponse(outcome.fullResponse!, ports);
    assert.equal(accepted.keyArchived, true);
  });

  it('refuses another confirmation, none, and one that nobody asked for', async () => {
    ca.echo = new Uint8Array(32);
    const wrong = await enroll(ARCHIVAL);
    await assert.rejects(() => acceptResponse(wrong.fullResponse!, ports), {
      symbol: 'XENROLL_E_RESPONSE_KA_HASH_MISMATCH',
    });
    ca.echo = null;
    const none = await enroll(ARCHIVAL);
    await assert.rejects(() => acceptResponse(none.fullResponse!, ports), {
      symbol: 'XENROLL_E_RESPONSE_KA_HASH_NOT_FOUND',
    });
    ca.echo = new Uint8Array(32);
    const unasked = await enroll();
    await assert.rejects(() => acceptResponse(unasked.fullResponse!, ports), {
      symbol: 'XENROLL_E_RESPONSE_UNEXPECTED_KA_HASH',
    });
    assert.deepEqual(await names('My'), []);
    assert.equal((await names('Request')).length, 3);
  });

  it('asks for the confirmation in a file that has none, unless told otherwise', async () => {
    const { certificate } = await enroll(ARCHIVAL);
    await assert.rejects(() => acceptResponse(certificate!, ports), { symbol: 'XENROLL_E_RESPONSE_KA_HASH_NOT_FOUND' });
    const accepted = await acceptResponse(certificate!, ports, { force: true });
    assert.equal(accepted.keyArchived, false);
  });

  it('needs a request that waits', async () => {
    const outcome = await enroll();
    await acceptResponse(outcome.fullResponse!, ports);
    for (const file of [outcome.fullResponse!, outcome.certificate!]) {
      await assert.rejects(() => acceptResponse(file, ports), { symbol: 'CRYPT_E_NOT_FOUND' });
    }
  });

  it('needs its key', async () => {
    const outcome = await enroll();
    const [entry] = await ports.stores.open('Request').list();
    const { provider, container } = entry!.properties.keyProvInfo!;
    await ports.providers.byName(provider).deleteKey(container);
    await assert.rejects(() => acceptResponse(outcome.fullResponse!, ports), { symbol: 'NTE_BAD_KEYSET' });
  });

  it('trusts the Root store, and with -f the root that came along', async () => {
    const stranger = await FakeAuthority.create({ root: await issue({ subject: 'CN=Stranger', cA: true }) });
    const policy = readRequestPolicy(InfFile.parse('[NewRequest]\nKeyLength = 1024\nSubject = "CN=a"', 'r.inf'));
    const { request } = await newRequest(policy, ports, {});
    const outcome = await stranger.submit({ request, attributes: '' });
    for (const file of [outcome.fullResponse!, outcome.certificateChain!]) {
      await assert.rejects(() => acceptResponse(file, ports), { symbol: 'CERT_E_UNTRUSTEDROOT' });
    }
    await assert.rejects(() => acceptResponse(outcome.certificate!, ports, { force: true }), {
      symbol: 'CERT_E_CHAINING',
    });
    const before = await names('Root');
    await acceptResponse(outcome.fullResponse!, ports, { force: true });
    assert.equal((await names('Root')).length, before.length + 1);
  });

  it('brings intermediate CAs into the CA store', async () => {
    const { key, certificate } = await issue({ subject: 'CN=Issuing CA', issuer: ca.root, cA: true });
    const sub = await FakeAuthority.create({ root: { key, certificate } });
    const policy = readRequestPolicy(InfFile.parse('[NewRequest]\nKeyLength = 1024\nSubject = "CN=a"', 'r.inf'));
    const { request } = await newRequest(policy, ports, {});
    const outcome = await sub.submit({ request, attributes: '' });
    const before = await names('Root');
    await acceptResponse(encodeCertsOnly([certificate.raw, outcome.certificate!]), ports);
    const cas = await ports.stores.open('CA').list();
    assert.deepEqual(
      cas.map((entry) => formatHex(entry.certificate.raw)),
      [formatHex(certificate.raw)],
    );
    assert.deepEqual(await names('Root'), before);
  });

  it('refuses a response that was changed', async () => {
    const outcome = await enroll();
    const response = outcome.fullResponse!;
    const said = formatHex(new TextEncoder().encode('Issued'));
    const at = formatHex(response).indexOf(said) / 2;
    assert.ok(at > 0);
    const changed = response.slice();
    changed[at] = 0x4a;
    await assert.rejects(() => acceptResponse(changed, ports), { symbol: 'CRYPT_E_HASH_VALUE' });
    const unsigned = response.slice();
    unsigned[response.length - 1]! ^= 1;
    await assert.rejects(() => acceptResponse(unsigned, ports), { symbol: 'NTE_BAD_SIGNATURE' });
  });

  it('says that a request still waits, or was denied', async () => {
    for (const template of ['Pending', 'Unsupported']) {
      const { fullResponse } = await enroll('', template);
      await assert.rejects(() => acceptResponse(fullResponse!, ports), { symbol: 'CERTSRV_E_BAD_REQUESTSTATUS' });
    }
  });

  it('follows a pended request to its end', async () => {
    const { request, requestId } = await enroll(ARCHIVAL, 'Pending');
    await ca.issuePending(requestId, request);
    const accepted = await acceptResponse((await ca.retrieve(requestId)).fullResponse!, ports);
    assert.equal(accepted.keyArchived, true);
  });
});
