import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HresultError } from '#hresult/hresult-error';
import { mutate, randomNumbers } from '#test/support/mutation';
import {
  whitePaperCaCertificate,
  whitePaperCertificationRequest,
  whitePaperIssuedCertificate,
} from '#test/support/white-paper';
import { issue, issueCrl } from '#test/support/x509-hierarchy';
import { nodeEngine } from '../crypto/node/engine.ts';
import { lintCertificate, lintCertList } from '../lint/lint.ts';
import { decodeCertificate, isSignedBy } from './certificate.ts';
import { decodeCertificateList } from './certificate-list.ts';
import {
  decodeCertificationRequest,
  isNullSigned,
  isSignedByOwnKey,
  requestedExtensions,
} from './certification-request.ts';
import type { Extension } from './extension.ts';
import { EXTENSIONS, encodeExtension, extensionRow } from './extensions/extension-table.ts';
import { findUserPrincipalName } from './general-name.ts';
import { decodeName, nameKey } from './name.ts';
import { formatName } from './name-text.ts';
import { validatePath } from './path/validate-path.ts';

/** Only an HresultError may come out; answers whether nothing did. */
async function survives(run: () => unknown): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    assert.ok(error instanceof HresultError, error instanceof Error ? error.stack : String(error));
    return false;
  }
}

async function decodeAll(extensions: readonly Extension[]): Promise<void> {
  for (const { extnID, extnValue } of extensions) await survives(() => extensionRow(extnID)?.codec.decode(extnValue));
}

const ca = await issue({ subject: 'CN=CA', cA: true });

async function fuzz(der: Uint8Array, seed: number, rounds: number, use: (bytes: Uint8Array) => Promise<void>) {
  const random = randomNumbers(seed);
  let read = 0;
  for (let i = 0; i < rounds; i++) if (await survives(() => use(mutate(der, random)))) read++;
  // Faults that are all refused at the first byte would try nothing.
  assert.ok(read > rounds / 50, `${read} of ${rounds} were read`);
}

test('mutated certificates', { timeout: 120_000 }, async () => {
  const certificate = async (bytes: Uint8Array) => {
    const decoded = decodeCertificate(bytes);
    const { tbsCertificate: tbs } = decoded;
    await decodeAll(tbs.extensions);
    formatName(tbs.subject);
    nameKey(tbs.issuer);
    lintCertificate(tbs, ca.certificate);
    await survives(async () => {
      const extension = tbs.extensions.find(({ extnID }) => extnID === EXTENSIONS.subjectAltName.oid);
      if (extension) findUserPrincipalName(EXTENSIONS.subjectAltName.codec.decode(extension.extnValue));
    });
    await survives(() => isSignedBy(decoded, tbs.subjectPublicKeyInfo, nodeEngine));
  };
  await fuzz(whitePaperIssuedCertificate(), 1, 3000, certificate);
  await fuzz(whitePaperCaCertificate(), 2, 3000, certificate);
});

test('mutated requests', { timeout: 120_000 }, async () => {
  await fuzz(whitePaperCertificationRequest(), 3, 3000, async (bytes) => {
    const request = decodeCertificationRequest(bytes);
    await survives(async () => decodeAll(requestedExtensions(request)));
    await survives(() => isSignedByOwnKey(request, nodeEngine));
    await survives(() => isNullSigned(request, nodeEngine));
  });
});

test('mutated CRLs', { timeout: 120_000 }, async () => {
  const list = await issueCrl(ca, {
    revokedCertificates: Array.from({ length: 20 }, (_, i) => ({
      userCertificate: Uint8Array.of(i + 1),
      revocationDate: new Date('2026-05-05'),
      crlEntryExtensions: i % 3 === 0 ? [encodeExtension(EXTENSIONS.reasonCode, 1)] : [],
    })),
  });
  await fuzz(list.raw, 4, 3000, async (bytes) => {
    const { tbsCertList: tbs } = decodeCertificateList(bytes);
    await decodeAll(tbs.crlExtensions);
    await survives(() => tbs.revokedCertificates.find(Uint8Array.of(0x7f)));
    await survives(async () => {
      for (const { crlEntryExtensions } of tbs.revokedCertificates) await decodeAll(crlEntryExtensions);
    });
    lintCertList(tbs, ca.certificate);
  });
});

test('mutated extension values', { timeout: 120_000 }, async () => {
  const values = [whitePaperIssuedCertificate(), whitePaperCaCertificate()].flatMap(
    (der) => decodeCertificate(der).tbsCertificate.extensions,
  );
  const random = randomNumbers(5);
  for (const { extnValue } of values) {
    for (let i = 0; i < 200; i++) {
      const mutated = mutate(extnValue, random);
      for (const row of Object.values(EXTENSIONS)) await survives(() => row.codec.decode(mutated));
    }
  }
});

test('mutated certificates in a path', { timeout: 120_000 }, async () => {
  const sub = await issue({
    subject: 'CN=Sub',
    cA: true,
    issuer: ca,
    extensions: [
      encodeExtension(EXTENSIONS.nameConstraints, { permittedSubtrees: [{ base: { type: 'dNSName', value: 'x' } }] }),
      encodeExtension(EXTENSIONS.certificatePolicies, [{ policyIdentifier: '1.2.3' }]),
      encodeExtension(EXTENSIONS.policyMappings, [{ issuerDomainPolicy: '1.2.3', subjectDomainPolicy: '1.2.4' }]),
      encodeExtension(EXTENSIONS.policyConstraints, { requireExplicitPolicy: 0 }),
    ],
  });
  const end = await issue({ subject: 'CN=End', issuer: sub });
  const crl = await issueCrl(ca);
  // Every signature passes, so that what lies behind it is reached.
  const engine = { ...nodeEngine, verify: async () => true };
  await fuzz(sub.certificate.raw, 6, 3000, async (bytes) => {
    const mutated = decodeCertificate(bytes);
    await validatePath({
      certificate: end.certificate,
      candidates: [mutated],
      trustAnchors: [ca.certificate],
      time: new Date('2026-06-01'),
      engine,
      requiredUsage: '1.2.3.4',
      revocation: { certificateLists: async () => [crl] },
    });
  });
});

test('a name of very many RDNs is read and printed in bounded time', { timeout: 20_000 }, () => {
  const rdn = [0x31, 0x0a, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x13, 0x01, 0x61];
  const count = 50_000;
  const content = new Uint8Array(count * rdn.length);
  for (let i = 0; i < count; i++) content.set(rdn, i * rdn.length);
  const length = content.length;
  const header = Uint8Array.of(0x30, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff);
  const whole = new Uint8Array(header.length + length);
  whole.set(header);
  whole.set(content, header.length);
  assert.equal(formatName(decodeName(whole)).length, count * 'CN=a, '.length - 2);
});
