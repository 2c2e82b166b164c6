import { isSameBytes } from '../asn1/bytes.ts';
import { DerReader } from '../asn1/der-reader.ts';
import { id_ce_subjectKeyIdentifier } from '../asn1/oid-table.ts';
import type { Certificate } from '../x509/certificate.ts';
import { findExtension } from '../x509/extension.ts';
import { isSameName } from '../x509/name.ts';
import type { SignerIdentifier } from './signer-identifier.ts';

/**
 * True where a signer or recipient is named by this certificate. A key identifier is compared with the certificate's own
 * extension and never computed again: Windows clients have used several ways to compute it.
 */
export function identifiesCertificate(id: SignerIdentifier, certificate: Certificate): boolean {
  const { issuer, serialNumber, extensions } = certificate.tbsCertificate;
  if ('issuerAndSerialNumber' in id) {
    const named = id.issuerAndSerialNumber;
    return isSameBytes(named.serialNumber, serialNumber) && isSameName(named.issuer, issuer);
  }
  const extension = findExtension(extensions, id_ce_subjectKeyIdentifier);
  return (
    extension !== undefined && isSameBytes(new DerReader(extension.extnValue).octetString(), id.subjectKeyIdentifier)
  );
}

/** The usual way to name a certificate. */
export function issuerAndSerialNumberOf(certificate: Certificate): SignerIdentifier {
  const { issuer, serialNumber } = certificate.tbsCertificate;
  return { issuerAndSerialNumber: { issuer, serialNumber } };
}
