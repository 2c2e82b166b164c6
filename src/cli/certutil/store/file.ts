import { hresult } from '#hresult/hresult-error';
import { toDer } from '#pki/asn1/ber';
import { DerReader } from '#pki/asn1/der-reader';
import { szOID_CTL } from '#pki/asn1/oid-table';
import { decodePem, decodePemOrDer, decodeText } from '#pki/asn1/pem';
import { TAG } from '#pki/asn1/tag';
import { certificatesOf } from '#pki/cms/certificate-set';
import { decodeSignedData } from '#pki/cms/signed-data';
import { decodeCertificate } from '#pki/x509/certificate';

/** What a file has for a store. */
export interface StoreFile {
  readonly certificates: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
  readonly ctls: readonly Uint8Array[];
}

/**
 * A certificate, a CRL, a CTL or a PKCS #7 message, DER or PEM; several PEM blocks count all. Throws CRYPT_E_NOT_FOUND where there is
 * none of them, Asn1Error for damaged ones.
 */
export function readStoreFile(bytes: Uint8Array): StoreFile {
  const text = decodeText(bytes);
  const blocks = text.includes('-----BEGIN ') ? decodePem(text).map((block) => block.bytes) : [decodePemOrDer(bytes)];
  const found = blocks.map(readOne);
  const certificates = found.flatMap((one) => one.certificates);
  const crls = found.flatMap((one) => one.crls);
  const ctls = found.flatMap((one) => one.ctls);
  if (certificates.length + crls.length + ctls.length > 0) return { certificates, crls, ctls };
  throw hresult('CRYPT_E_NOT_FOUND', 'The file holds no certificate, no CRL and no CTL.');
}

function readOne(bytes: Uint8Array): StoreFile {
  const der = toDer(bytes);
  const outer = new DerReader(der).sequence();
  if (outer.peek() === TAG.OBJECT_IDENTIFIER) {
    const signedData = decodeSignedData(der);
    // The certificates of a CTL are those of its signer, and none that it is about.
    if (signedData.encapContentInfo.eContentType === szOID_CTL) return { certificates: [], crls: [], ctls: [der] };
    const certificates = certificatesOf(signedData).map(({ raw }) => raw);
    return { certificates, crls: signedData.crls ?? [], ctls: [] };
  }
  return isCertificateList(outer)
    ? { certificates: [], crls: [der], ctls: [] }
    : { certificates: [decodeCertificate(der).raw], crls: [], ctls: [] };
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
