import { hresult } from '#hresult/hresult-error';
import type { Enrollment } from './ports/certificate-store.ts';
import { decodeText, encodeText } from './property-text.ts';

/**
 * CERT_ENROLLMENT_PROP_ID as CertSetCertificateContextProperty documents it: the request ID, then the CA's DNS name, its
 * name and the display name, each after its length in characters, the NUL included.
 */
export function encodeEnrollment(enrollment: Enrollment): Uint8Array {
  const texts = [enrollment.caDnsName, enrollment.caName, enrollment.displayName].map(encodeText);
  const bytes = new Uint8Array(texts.reduce((length, text) => length + 4 + text.length, 4));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, enrollment.requestId, true);
  let at = 4;
  for (const text of texts) {
    view.setUint32(at, text.length / 2, true);
    bytes.set(text, at + 4);
    at += 4 + text.length;
  }
  return bytes;
}

/** Throws ERROR_INVALID_DATA. */
export function decodeEnrollment(bytes: Uint8Array): Enrollment {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const word = (): number => {
    if (at + 4 > bytes.length) throw hresult('ERROR_INVALID_DATA', 'Enrollment information cut short.');
    at += 4;
    return view.getUint32(at - 4, true);
  };
  const text = (): string => {
    const length = 2 * word();
    if (length > bytes.length - at) throw hresult('ERROR_INVALID_DATA', 'Enrollment information cut short.');
    at += length;
    return decodeText(bytes.subarray(at - length, at));
  };
  return { requestId: word(), caDnsName: text(), caName: text(), displayName: text() };
}
