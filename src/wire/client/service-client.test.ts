import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildCertificate } from '#enroll/own-certificate';
import { id_at_commonName } from '#pki/asn1/oid-table';
import { encodePem } from '#pki/asn1/pem';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { encodeName } from '#pki/x509/name';
import { close, createHttpsListener, listen, secureContextOf } from '../server/listener.ts';
import { ServiceClient } from './service-client.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Where to reach a service that shows a self-signed certificate of this life, in days from now. */
async function serviceWith(begins: number, ends: number) {
  const pkcs8 = await engine.generateKey({ type: 'ec', curve: 'P-256' });
  const day = (days: number) => new Date(Date.now() + days * DAY_MS);
  const certificate = await buildCertificate({
    subject: encodeName([[{ type: id_at_commonName, value: 'localhost' }]], { forceUTF8: true }),
    validity: { notBefore: day(begins), notAfter: day(ends) },
    extensions: [encodeExtension(EXTENSIONS.subjectAltName, [{ type: 'dNSName', value: 'localhost' }])],
    signer: await engine.importPrivateKey(pkcs8),
    scheme: { name: 'ecdsa', digest: 'sha256' },
    engine,
  });
  const cert = encodePem('CERTIFICATE', certificate);
  const listener = createHttpsListener((_, response) => response.end());
  listener.setSecureContext(secureContextOf({ key: encodePem('PRIVATE KEY', pkcs8), cert, clientAuthorities: [] }));
  const port = await listen(listener, { host: 'localhost', port: 0 });
  return { url: `https://localhost:${port}`, cert, close: () => close(listener, 0) };
}

test('a certificate that has ended or not begun is told as that, with where to look', async () => {
  for (const [begins, ends] of [
    [-90, -1],
    [1, 90],
  ] as const) {
    const service = await serviceWith(begins, ends);
    const client = new ServiceClient({ url: service.url, trust: [service.cert] });
    await assert.rejects(client.known(), { symbol: 'CERT_E_EXPIRED', hint: /clock.*certhaven events/ });
    client.close();
    await service.close();
  }
});

test('a self-signed certificate that nobody trusts is told as that', async () => {
  const [service, other] = [await serviceWith(-1, 90), await serviceWith(-1, 90)];
  const client = new ServiceClient({ url: service.url, trust: [other.cert] });
  await assert.rejects(client.known(), { symbol: 'CERT_E_UNTRUSTEDROOT', detail: /self-signed/ });
  client.close();
  await service.close();
  await other.close();
});
