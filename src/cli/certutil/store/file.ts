import { PROPERTIES } from '#certstore/ports/property-ids';
import { HresultError, hresult } from '#hresult/hresult-error';
import { toDer } from '#pki/asn1/ber';
import { DerReader } from '#pki/asn1/der-reader';
import { szOID_CTL } from '#pki/asn1/oid-table';
import { decodePem, decodePemOrDer, decodeText } from '#pki/asn1/pem';
import { TAG } from '#pki/asn1/tag';
import { certificatesOf } from '#pki/cms/certificate-set';
import { decodeSignedData } from '#pki/cms/signed-data';
import { decodePrivateKeyInfo } from '#pki/crypto/private-key-info';
import { decodeRsaPrivateKey } from '#pki/crypto/rsa-private-key';
import { decodePfx } from '#pki/pkcs12/pfx';
import { decodeCertificate } from '#pki/x509/certificate';
import { decodeCertificationRequest } from '#pki/x509/certification-request';
import { orUndefined } from '#pki/x509/readable-extension';
import { decodeSerializedStore, isSerializedStore, type StoreElement } from '#pki/x509/serialized-store';

/**
 * What a file has for a store: a certificate, a CRL, a CTL or a PKCS #7 message, DER or PEM, or a serialized store; several
 * PEM blocks count all. Only a serialized store has properties. Throws CRYPT_E_NOT_FOUND where there is none of them,
 * ERROR_INVALID_DATA and Asn1Error for damaged ones.
 */
export function readStoreFile(bytes: Uint8Array): StoreElement[] {
  const found = isSerializedStore(bytes) ? readSerializedStore(bytes) : blocksOf(bytes).flatMap(readBlock);
  if (found.length > 0) return found;
  throw hresult('CRYPT_E_NOT_FOUND', 'The file holds no certificate, no CRL and no CTL.', {
    hint: 'certutil -dump tells what a file is; a request or a key is none of them',
  });
}

/** DER of the elements of one kind, in the order of the file. */
export function encodedOf(elements: readonly StoreElement[], kind: StoreElement['kind']): Uint8Array[] {
  return elements.filter((element) => element.kind === kind).map(({ encoded }) => encoded);
}

/** Handles, and what follows from the certificate itself: neither comes out of a file. */
const NOT_KEPT: ReadonlySet<number> = new Set(
  [
    'CERT_KEY_PROV_HANDLE_PROP_ID',
    'CERT_SHA1_HASH_PROP_ID',
    'CERT_MD5_HASH_PROP_ID',
    'CERT_KEY_CONTEXT_PROP_ID',
    'CERT_KEY_SPEC_PROP_ID',
    'CERT_ACCESS_STATE_PROP_ID',
    'CERT_SIGNATURE_HASH_PROP_ID',
    'CERT_NCRYPT_KEY_HANDLE_PROP_ID',
    'CERT_HCRYPTPROV_OR_NCRYPT_KEY_HANDLE_PROP_ID',
    'CERT_NCRYPT_KEY_HANDLE_TRANSFER_PROP_ID',
    'CERT_HCRYPTPROV_TRANSFER_PROP_ID',
  ].map((name) => PROPERTIES.find((row) => row.name === name)!.id),
);

function readSerializedStore(bytes: Uint8Array): StoreElement[] {
  return decodeSerializedStore(bytes).map(({ properties, ...element }) => {
    return { ...element, properties: new Map([...properties].filter(([id]) => !NOT_KEPT.has(id))) };
  });
}

function blocksOf(bytes: Uint8Array): Uint8Array[] {
  const text = decodeText(bytes);
  return text.includes('-----BEGIN ') ? decodePem(text).map((block) => block.bytes) : [decodePemOrDer(bytes)];
}

/** What is something else says so with the error of what it should have been. */
function readBlock(bytes: Uint8Array): StoreElement[] {
  try {
    return readOne(bytes);
  } catch (cause) {
    const hint = cause instanceof HresultError ? hintOf(bytes) : undefined;
    if (!(cause instanceof HresultError) || hint === undefined) throw cause;
    throw hresult(cause.symbol, cause.detail, { hint, cause });
  }
}

function hintOf(bytes: Uint8Array): string | undefined {
  if (orUndefined(() => decodePfx(bytes)))
    return 'it is a PFX: certutil -importPFX brings in its keys and certificates';
  if (orUndefined(() => decodeCertificationRequest(bytes))) {
    return 'it is a request: certreq -submit has a CA make a certificate of it';
  }
  const isKey = orUndefined(() => decodePrivateKeyInfo(bytes)) ?? orUndefined(() => decodeRsaPrivateKey(bytes));
  return isKey && 'it is a private key: openssl pkcs12 -export joins it with its certificate, for certutil -importPFX';
}

function readOne(bytes: Uint8Array): StoreElement[] {
  const der = toDer(bytes);
  const outer = new DerReader(der).sequence();
  if (outer.peek() === TAG.OBJECT_IDENTIFIER) {
    const signedData = decodeSignedData(der);
    // The certificates of a CTL are those of its signer, and none that it is about.
    if (signedData.encapContentInfo.eContentType === szOID_CTL) return [element('ctl', der)];
    return [
      ...certificatesOf(signedData).map(({ raw }) => element('certificate', raw)),
      ...(signedData.crls ?? []).map((crl) => element('crl', crl)),
    ];
  }
  return [isCertificateList(outer) ? element('crl', der) : element('certificate', decodeCertificate(der).raw)];
}

function element(kind: StoreElement['kind'], encoded: Uint8Array): StoreElement {
  return { kind, encoded, properties: new Map() };
}

/**
 * What is to be signed tells: the second field of TBSCertList is a name or algorithm, a SEQUENCE, and the third a time; in a
 * certificate the serial number, an INTEGER, comes before the algorithm (RFC 5280 §4.1, §5.1).
 */
function isCertificateList(outer: DerReader): boolean {
  const fields = outer.sequence();
  if (fields.peek() === TAG.INTEGER) fields.element();
  if (fields.peek() !== TAG.SEQUENCE) return false;
  fields.element();
  if (fields.peek() !== TAG.SEQUENCE) return false;
  fields.element();
  return fields.peek() === TAG.UTC_TIME || fields.peek() === TAG.GENERALIZED_TIME;
}
