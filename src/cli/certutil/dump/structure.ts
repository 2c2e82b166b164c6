/** Finds out what a file holds and prints it. */
import { hresult } from '#hresult/hresult-error';
import { Asn1Error } from '#pki/asn1/asn1-error';
import { toDer } from '#pki/asn1/ber';
import { DerReader } from '#pki/asn1/der-reader';
import { TAG } from '#pki/asn1/tag';
import { decodeCertificate } from '#pki/x509/certificate';
import { decodeCertificateList } from '#pki/x509/certificate-list';
import { decodeCertificationRequest } from '#pki/x509/certification-request';
import type { Json } from '../../io/verb.ts';
import { printCertificate } from './certificate.ts';
import { printCertificateList } from './certificate-list.ts';
import { printCertificationRequest } from './certification-request.ts';
import {
  printEcPrivateKey,
  printEncryptedPrivateKeyInfo,
  printKeyBlob,
  printPrivateKeyInfo,
  printPublicKeyInfo,
  printRsaPrivateKey,
} from './key-file.ts';
import type { Page } from './page.ts';
import { printPfx } from './pfx.ts';
import { printMessage } from './signed-data.ts';

/**
 * Prints whatever it is; `password` is asked for a PFX only. Throws ERROR_INVALID_DATA for what is neither ASN.1 nor a key
 * blob, else the error of the reader that came furthest.
 */
export async function printStructure(page: Page, bytes: Uint8Array, password: () => Promise<string>): Promise<Json> {
  const blob = await printKeyBlob(page, bytes);
  if (blob !== undefined) return blob;
  if (bytes[0] !== TAG.SEQUENCE)
    throw hresult('ERROR_INVALID_DATA', 'The file is neither ASN.1 nor a key blob.', {
      hint: 'certificates, CRLs, requests, messages, PFX files and key blobs can be dumped, DER or PEM',
    });
  const [first, second] = fieldTags(bytes);
  if (first === TAG.OBJECT_IDENTIFIER) return printMessage(page, bytes);
  if (first === TAG.INTEGER) {
    if (second === TAG.INTEGER) return printRsaPrivateKey(page, bytes);
    if (second === TAG.OCTET_STRING) return printEcPrivateKey(page, bytes);
    // Both go on with a SEQUENCE after their version: 3 in a PFX, 0 or 1 in PrivateKeyInfo.
    return isPfx(bytes) ? printPfx(page, bytes, await password()) : printPrivateKeyInfo(page, bytes);
  }
  if (first === TAG.SEQUENCE && second === TAG.BIT_STRING) return printPublicKeyInfo(page, bytes);
  if (first === TAG.SEQUENCE && second === TAG.OCTET_STRING) return printEncryptedPrivateKeyInfo(page, bytes);
  return printSigned(page, bytes);
}

/** The tags of the first two fields of the outermost SEQUENCE, BER or DER; -1 for one that is not there. */
function fieldTags(bytes: Uint8Array): [first: number, second: number] {
  const fields = new DerReader(toDer(bytes)).sequence();
  const first = fields.peek();
  if (!fields.atEnd) fields.skip();
  return [first, fields.peek()];
}

function isPfx(bytes: Uint8Array): boolean {
  return new DerReader(toDer(bytes)).sequence().smallInteger() === 3;
}

/** Certificates, requests and CRLs are all signed alike: what does not read as one may read as another. */
function printSigned(page: Page, bytes: Uint8Array): Promise<Json> {
  const readers = [
    () => ofDecoded(decodeCertificate(bytes), printCertificate),
    () => ofDecoded(decodeCertificationRequest(bytes), printCertificationRequest),
    () => ofDecoded(decodeCertificateList(bytes), printCertificateList),
  ];
  let best: Asn1Error | undefined;
  for (const read of readers) {
    try {
      return read()(page);
    } catch (error) {
      if (!(error instanceof Asn1Error)) throw error;
      if (!best || error.offset > best.offset) best = error;
    }
  }
  throw best;
}

function ofDecoded<T>(value: T, print: (page: Page, value: T) => Promise<Json>): (page: Page) => Promise<Json> {
  return (page) => print(page, value);
}
