import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { HresultSymbol } from '#hresult/codes';
import type { PrivateKey } from '#pki/crypto/engine';
import { Enrollee } from '#test/support/enrollee';
import { CRL_URL, exchangeExtensions, FakeAuthority, type FakeAuthorityOptions } from '#test/support/fake-authority';
import { type Entity, issue, NOW, newPrivateKey } from '#test/support/x509-hierarchy';
import { fetchExchangeCertificate } from './exchange-certificate.ts';
import type { Retriever } from './ports.ts';

describe('the CA exchange certificate', () => {
  let enrollee: Enrollee;
  let root: Entity;
  let key: PrivateKey;

  before(async () => {
    enrollee = new Enrollee();
    root = await issue({ subject: 'CN=Contoso CA', cA: true });
    key = await newPrivateKey({ type: 'rsa', modulusLength: 2048 });
  });
  after(() => enrollee.remove());

  async function check(
    options: FakeAuthorityOptions = {},
    change: (ca: FakeAuthority) => void = () => {},
    retriever?: Retriever,
  ) {
    const ca = await FakeAuthority.create({ root, ...options, exchange: { key, ...options.exchange } });
    change(ca);
    const ports = await enrollee.ports(retriever ?? (await ca.retriever()), root.certificate.raw);
    return fetchExchangeCertificate(ca, ports);
  }

  const refused = (symbol: HresultSymbol, ...call: Parameters<typeof check>) =>
    assert.rejects(() => check(...call), { symbol });

  it('is taken where all is well', async () => {
    const certificate = await check();
    assert.equal(certificate.tbsCertificate.subjectPublicKeyInfo.raw.length, key.publicKey.length);
  });

  it('is refused from another CA', async () => {
    const other = await issue({ subject: 'CN=Other CA', cA: true });
    await refused('CERT_E_ISSUERCHAINING', { exchange: { issuer: other } });
  });

  it('is refused from a CA of the same name that nobody trusts', async () => {
    const impostor = await issue({ subject: 'CN=Contoso CA', cA: true });
    await refused('CERT_E_UNTRUSTEDROOT', { root: impostor }, undefined, { retrieve: async () => undefined });
  });

  it('is refused where it is signed by an older key of the CA', async () => {
    const older = await issue({ subject: 'CN=Contoso CA', cA: true });
    await refused('TRUST_E_CERT_SIGNATURE', { exchange: { issuer: older } });
  });

  it('is refused where it is expired, and where it is not valid yet', async () => {
    const day = 86_400_000;
    const from = new Date(NOW.getTime() - 8 * day);
    const to = new Date(NOW.getTime() - day);
    await refused('CERT_E_EXPIRED', { exchange: { validity: { notBefore: from, notAfter: to } } });
    const later = new Date(NOW.getTime() + day);
    await refused('CERT_E_EXPIRED', { exchange: { validity: { notBefore: later, notAfter: new Date('2026-12-01') } } });
  });

  it('is refused where it is revoked', async () => {
    const ca = await FakeAuthority.create({ root, exchange: { key } });
    const { serialNumber } = ca.exchange.certificate.tbsCertificate;
    const entry = { userCertificate: serialNumber, revocationDate: new Date('2026-05-30'), crlEntryExtensions: [] };
    const ports = await enrollee.ports(await ca.retriever({ revokedCertificates: [entry] }), root.certificate.raw);
    await assert.rejects(() => fetchExchangeCertificate(ca, ports), { symbol: 'CRYPT_E_REVOKED' });
  });

  it('is refused where no current CRL can be had', async () => {
    await refused('CRYPT_E_REVOCATION_OFFLINE', {}, undefined, { retrieve: async () => undefined });
    await refused('CRYPT_E_REVOCATION_OFFLINE', {}, undefined, { retrieve: async () => Uint8Array.of(1, 2) });
    const stale = await (await FakeAuthority.create({ root, exchange: { key } })).retriever({
      nextUpdate: new Date('2026-05-31T12:00:00Z'),
    });
    await refused('CRYPT_E_REVOCATION_OFFLINE', {}, undefined, stale);
    const impostor = await issue({ subject: 'CN=Contoso CA', cA: true });
    const forged = await (await FakeAuthority.create({ root: impostor, exchange: { key } })).retriever();
    await refused('CRYPT_E_REVOCATION_OFFLINE', {}, undefined, forged);
  });

  it('is taken with a CRL out of the CA store', async () => {
    const other = new Enrollee();
    try {
      const ca = await FakeAuthority.create({ root, exchange: { key } });
      const crl = await (await ca.retriever()).retrieve(CRL_URL);
      const ports = await other.ports({ retrieve: async () => undefined }, root.certificate.raw);
      await other.stores(true).open('CA').addCrl(crl!);
      assert.ok(await fetchExchangeCertificate(ca, ports));
    } finally {
      other.remove();
    }
  });

  it('is refused without its purpose', async () => {
    await refused('CERT_E_WRONG_USAGE', { exchange: { extensions: exchangeExtensions([]) } });
    await refused('CERT_E_WRONG_USAGE', { exchange: { extensions: exchangeExtensions(['1.3.6.1.5.5.7.3.4']) } });
  });

  it('is refused under another name', async () => {
    await refused('CERT_E_CN_NO_MATCH', { exchange: { subject: 'CN=Contoso CA' } });
  });

  it('is refused without the certificate of the CA', async () => {
    await refused('CERT_E_CHAINING', {}, (ca) => {
      ca.chain = [];
    });
  });
});
