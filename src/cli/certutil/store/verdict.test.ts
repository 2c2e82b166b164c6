import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import { nodeEngine } from '#pki/crypto/node/engine';
import { urlDistributionPoint } from '#pki/x509/extensions/crl-distribution-points';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { issue, issueCrl, NOW } from '#test/support/x509-hierarchy';
import { verdictJson, verdictLines } from './verdict.ts';
import { EntryVerifier } from './verify-entry.ts';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-verdict-'));
const stores = openCertificateStores({ directory: folder });
after(() => rmSync(folder, { recursive: true, force: true }));

const URL = 'http://crl.test/root.crl';
const root = await issue({ subject: 'CN=Root', cA: true });
const extensions = [encodeExtension(EXTENSIONS.cRLDistributionPoints, [urlDistributionPoint([URL])])];
const user = await issue({ subject: 'CN=User', issuer: root, extensions });
const sub = await issue({ subject: 'CN=Sub', cA: true, issuer: root, extensions });
const below = await issue({ subject: 'CN=Below', issuer: sub });

before(async () => {
  await stores.open('Root').add(root.certificate.raw);
  await stores.open('CA').add(sub.certificate.raw);
  for (const { certificate } of [user, below]) await stores.open('My').add(certificate.raw);
});

async function verdictOf(name: string, crl: Uint8Array | undefined) {
  const asked: string[] = [];
  const verifier = new EntryVerifier({
    stores,
    beside: [],
    engine: nodeEngine,
    retriever: {
      async retrieve(url) {
        asked.push(url);
        return crl;
      },
    },
    time: NOW,
  });
  const [entry] = await stores.open('My').find(name);
  const verdict = await verifier.verify(entry!);
  return { lines: verdictLines(verdict, { verbose: false }).slice(2), json: verdictJson(verdict), asked };
}

const OFFLINE =
  'The revocation function was unable to check revocation because the revocation server was offline. 0x80092013 (-2146885613 CRYPT_E_REVOCATION_OFFLINE)';
const revoked = (entity: typeof user) => ({
  userCertificate: entity.certificate.tbsCertificate.serialNumber,
  revocationDate: new Date('2026-05-05'),
  crlEntryExtensions: [],
});

test('a CRL that nobody serves leaves it open', async () => {
  const { lines, json, asked } = await verdictOf('User', undefined);
  assert.deepEqual(lines, [
    `ERROR: Verifying leaf certificate revocation status returned ${OFFLINE}`,
    'Cannot tell whether the certificate is revoked',
  ]);
  assert.deepEqual([json['isValid'], json['isRevocationChecked'], asked], [false, false, [URL]]);
});

test('one that is served decides', async () => {
  const good = await verdictOf('User', (await issueCrl(root)).raw);
  assert.deepEqual([good.lines, good.json['isRevocationChecked']], [['Certificate is valid'], true]);
  const bad = await verdictOf('User', (await issueCrl(root, { revokedCertificates: [revoked(user)] })).raw);
  assert.deepEqual(bad.lines, [
    'The certificate is revoked. 0x80092010 (-2146885616 CRYPT_E_REVOKED)',
    'Certificate is REVOKED',
  ]);
});

test('an issuer that is revoked is named, and a certificate without places of CRLs is passed over', async () => {
  const { lines } = await verdictOf('Below', (await issueCrl(root, { revokedCertificates: [revoked(sub)] })).raw);
  assert.deepEqual(lines, [
    'The certificate is revoked. 0x80092010 (-2146885616 CRYPT_E_REVOKED)',
    '    CN=Sub',
    'Revocation check skipped -- no revocation information available',
    'Certificate is NOT valid',
  ]);
  const offline = await verdictOf('Below', undefined);
  assert.deepEqual(offline.lines.slice(0, 2), [
    `ERROR: Verifying issuing certificate revocation status returned ${OFFLINE}`,
    '    CN=Sub',
  ]);
});
