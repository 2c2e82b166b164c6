import { hresult } from '#hresult/hresult-error';
import { Asn1Error } from '../asn1/asn1-error.ts';
import { type Certificate, decodeCertificate } from '../x509/certificate.ts';

/**
 * `szOID_RENEWAL_CERTIFICATE` (MS-WCCE 2.2.2.7): the certificate that the request renews. Its value is the certificate
 * itself: to encode it, take `raw`. Throws CERTSRV_E_BAD_RENEWAL_CERT_ATTRIBUTE where it is none.
 */
export function decodeRenewalCertificate(value: Uint8Array): Certificate {
  try {
    return decodeCertificate(value);
  } catch (cause) {
    if (!(cause instanceof Asn1Error)) throw cause;
    throw hresult('CERTSRV_E_BAD_RENEWAL_CERT_ATTRIBUTE', cause.detail, { cause });
  }
}
