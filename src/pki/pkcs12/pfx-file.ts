import { HresultError, hresult } from '#hresult/hresult-error';
import { decodePemOrDer } from '../asn1/pem.ts';
import { decodeCertificate } from '../x509/certificate.ts';
import { orUndefined } from '../x509/readable-extension.ts';
import { decodePfx } from './pfx.ts';

/**
 * The PFX of a file that a person gives, in DER or BER, as PEM (certtool writes it so) or as bare base 64. To be called before
 * anybody is asked for a password: what is no PFX has none. Throws ERROR_INVALID_DATA for another version and for a PEM block
 * that is damaged, Asn1Error for other bytes; both say where the file is a certificate or another block of PEM.
 */
export function readPfxFile(file: Uint8Array): Uint8Array {
  const bytes = decodePemOrDer(file);
  try {
    decodePfx(bytes);
    return bytes;
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    const kind = labelOf(file) ?? (orUndefined(() => decodeCertificate(bytes)) ? 'CERTIFICATE' : undefined);
    if (kind === undefined) throw error;
    throw hresult(error.symbol, `The file is no PFX: it holds a ${kind}.`, {
      hint: 'name a .pfx or .p12 file; openssl pkcs12 -export makes one of a key and its certificate',
      cause: error,
    });
  }
}

/** What stands after BEGIN in the first line of a PEM file. */
function labelOf(file: Uint8Array): string | undefined {
  const start = new TextDecoder().decode(file.subarray(0, 200));
  return /^-----BEGIN ([A-Z0-9 ]{1,40})-----/m.exec(start)?.[1];
}
