/** A CRL of a million entries: built from rows, signed, read again one entry at a time; and what memory each step takes. */
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import {
  assembleCertificateList,
  buildTbsCertList,
  decodeCertificateList,
  isCertificateListSignedBy,
} from '#pki/x509/certificate-list';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { CRL_REASON } from '#pki/x509/extensions/reason-code';
import { type RevokedCertificate, RevokedCertificatesBuffer } from '#pki/x509/revoked-certificates';
import { SCHEME, sampleCertificate, sampleIssuer } from './sample-certificate.ts';

const ENTRIES = 1_000_000;
const MEGABYTE = 1 << 20;

const { key } = await sampleCertificate();
const reason = [encodeExtension(EXTENSIONS.reasonCode, CRL_REASON.keyCompromise)];
const revokedAt = Date.UTC(2026, 0, 1);

/** A row as the database would give it; every tenth with a reason. */
function entry(n: number): RevokedCertificate {
  const userCertificate = new Uint8Array(16);
  userCertificate[0] = 0x40;
  new DataView(userCertificate.buffer).setUint32(12, n);
  return {
    userCertificate,
    revocationDate: new Date(revokedAt + n * 1000),
    crlEntryExtensions: n % 10 === 0 ? reason : [],
  };
}

function memory(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const before = memory();

/** Prints how long the step took and what is in memory after it. */
async function step<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  const kept = (memory() - before) / MEGABYTE;
  console.log(`  ${name.padEnd(44)} ${seconds.toFixed(2).padStart(6)} s  ${kept.toFixed(1).padStart(6)} MB in use`);
  return result;
}

console.log(`${ENTRIES} entries`);
const buffer = await step('entries encoded, one at a time', () => {
  const entries = new RevokedCertificatesBuffer();
  for (let n = 1; n <= ENTRIES; n++) entries.add(entry(n));
  return entries;
});
const toBeSigned = await step('TBSCertList in one piece', () =>
  buildTbsCertList({
    signature: SCHEME,
    issuer: sampleIssuer(),
    thisUpdate: new Date(revokedAt),
    nextUpdate: new Date(revokedAt + 7 * 86_400_000),
    revokedCertificates: buffer,
    crlExtensions: [encodeExtension(EXTENSIONS.cRLNumber, 1n)],
  }),
);
const crl = await step('signed', async () =>
  assembleCertificateList(toBeSigned, SCHEME, await key.sign(SCHEME, toBeSigned)),
);
const list = await step('decoded, entries left as they are', () => decodeCertificateList(crl));
await step('signature verified', () => isCertificateListSignedBy(list, key.publicKey, engine));
await step('every entry read by the cursor', () => {
  let count = 0;
  for (const { crlEntryExtensions } of list.tbsCertList.revokedCertificates) count += 1 + crlEntryExtensions.length;
  return count;
});
await step('the last serial number found', () =>
  list.tbsCertList.revokedCertificates.find(entry(ENTRIES).userCertificate),
);
const { maxRSS } = process.resourceUsage();
console.log(
  `  the CRL: ${(crl.length / MEGABYTE).toFixed(1)} MB; highest resident set of the process: ${Math.round(maxRSS / 1024)} MB`,
);
