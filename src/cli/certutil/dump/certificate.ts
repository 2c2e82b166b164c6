import { formatHex } from '#pki/asn1/bytes';
import type { AlgorithmIdentifier } from '#pki/crypto/algorithm-identifier';
import { digestOfOid } from '#pki/crypto/digest-algorithm';
import { signatureScheme } from '#pki/crypto/signature-algorithm';
import { type Certificate, isSelfIssued, isSignedBy } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import { orUndefined } from '#pki/x509/readable-extension';
import { formatSerial } from '#pki/x509/serial-number';
import { formatDate } from '../../io/date.ts';
import type { Json } from '../../io/verb.ts';
import { certificateLines } from '../store/listing.ts';
import { algorithmValue, printAlgorithm } from './algorithm-identifier.ts';
import { extensionValues, printExtensions } from './extensions.ts';
import { printName } from './name.ts';
import type { Page } from './page.ts';
import { printKeyIdHashes, printPublicKey, publicKeyValue } from './public-key.ts';
import { checkSignature, printSignature, type SignatureCheck, signatureLine } from './signature.ts';

/** A whole certificate, in the form -v gives it in store listings too. Answers its value for --json. */
export async function printCertificate(page: Page, certificate: Certificate): Promise<Json> {
  const { tbsCertificate: tbs, signatureAlgorithm, signatureValue } = certificate;
  page.line('X509 Certificate:');
  page.line(`Version: ${tbs.version}`);
  page.line(`Serial Number: ${formatSerial(tbs.serialNumber)}`);
  printAlgorithm(page, 'Signature Algorithm', tbs.signature);
  await printName(page, 'Issuer', tbs.issuer);
  page.line(` NotBefore: ${formatDate(tbs.validity.notBefore, page.style)}`);
  page.line(` NotAfter: ${formatDate(tbs.validity.notAfter, page.style)}`);
  page.line();
  await printName(page, 'Subject', tbs.subject);
  printPublicKey(page, tbs.subjectPublicKeyInfo);
  await printExtensions(page, 'Certificate Extensions', tbs.extensions);
  printSignature(page, signatureAlgorithm, signatureValue);
  const signature = await printRoot(page, certificate);
  await printKeyIdHashes(page, tbs.subjectPublicKeyInfo, { all: true });
  await printHashes(page, 'Cert', certificate.raw);
  await printSignatureHash(page, signatureAlgorithm, tbs.raw);
  return certificateValue(page, certificate, signature);
}

/** An element of a message or of a PFX: short, as -store lists it, unless -v asks for all. */
export async function printCertificateElement(page: Page, certificate: Certificate, index: number): Promise<Json> {
  page.line(`Element ${index}:`);
  await page.split(certificate.raw, 'crt');
  if (page.style.verbose) return printCertificate(page, certificate);
  const thumbprint = formatHex(await page.engine.digest('sha1', certificate.raw));
  const { engine, template } = page.ports;
  page.lines(await certificateLines(certificate, thumbprint, template ? { engine, template } : { engine }, page.style));
  return certificateValue(page, certificate, await selfSignature(page, certificate));
}

async function printRoot(page: Page, certificate: Certificate): Promise<SignatureCheck | undefined> {
  const signature = await selfSignature(page, certificate);
  if (signature === undefined) {
    page.line('Non-root Certificate');
    return undefined;
  }
  page.line(signatureLine(signature));
  page.line('Root Certificate: Subject matches Issuer');
  return signature;
}

/** Undefined for a certificate of another issuer, whose key is not in it. */
async function selfSignature(page: Page, certificate: Certificate): Promise<SignatureCheck | undefined> {
  if (!isSelfIssued(certificate)) return undefined;
  const { subjectPublicKeyInfo } = certificate.tbsCertificate;
  return checkSignature(() => isSignedBy(certificate, subjectPublicKeyInfo, page.engine));
}

/** `Cert Hash(sha1)` and its like, over the whole. */
export async function printHashes(page: Page, label: string, raw: Uint8Array): Promise<void> {
  for (const digest of ['md5', 'sha1', 'sha256'] as const) {
    page.line(`${label} Hash(${digest}): ${formatHex(await page.engine.digest(digest, raw))}`);
  }
}

/** What was signed, under the digest of the signature; left out where the algorithm is not known. */
export async function printSignatureHash(
  page: Page,
  algorithm: AlgorithmIdentifier,
  toBeSigned: Uint8Array,
): Promise<void> {
  const digest = signedDigest(algorithm);
  if (digest) page.line(`Signature Hash: ${formatHex(await page.engine.digest(digest, toBeSigned))}`);
}

/** What a signature of this algorithm is made over; undefined for one that is not known. */
export function signedDigest(algorithm: AlgorithmIdentifier) {
  return digestOfOid(algorithm.algorithm) ?? orUndefined(() => signatureScheme(algorithm))?.digest;
}

async function certificateValue(
  page: Page,
  { raw, tbsCertificate: tbs, signatureAlgorithm, signatureValue }: Certificate,
  signature: SignatureCheck | undefined,
): Promise<Json> {
  return {
    type: 'certificate',
    version: tbs.version,
    serialNumber: formatSerial(tbs.serialNumber),
    issuer: formatName(tbs.issuer),
    subject: formatName(tbs.subject),
    notBefore: tbs.validity.notBefore.toISOString(),
    notAfter: tbs.validity.notAfter.toISOString(),
    subjectPublicKeyInfo: publicKeyValue(tbs.subjectPublicKeyInfo),
    extensions: extensionValues(tbs.extensions),
    signatureAlgorithm: algorithmValue(signatureAlgorithm),
    signatureValue: formatHex(signatureValue),
    selfSignature: signature,
    sha1: formatHex(await page.engine.digest('sha1', raw)),
    sha256: formatHex(await page.engine.digest('sha256', raw)),
  };
}
