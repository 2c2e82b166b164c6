import { hresult } from '#hresult/hresult-error';
import { encodeBase64 } from '#pki/asn1/base64';
import { formatHex } from '#pki/asn1/bytes';
import { decodeCertificate } from '#pki/x509/certificate';
import { formatSerial } from '#pki/x509/serial-number';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { certificateLines } from './store/listing.ts';
import { dateStyle } from './text/date-style.ts';
import { withConfiguration } from './with-authority.ts';

/**
 * `certutil -renewCert [ReuseKeys] [Machine\ParentCAName]`. AD CS prints nothing but the status line here; the new
 * certificate is shown as -store shows it.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, options, out } = context;
  const words = args.map((word) => word.toLowerCase());
  const reuseKey = words.includes('reusekeys');
  const [parent] = args.filter((word) => word.toLowerCase() !== 'reusekeys');
  if (parent !== undefined) {
    throw hresult('ERROR_INVALID_PARAMETER', `${parent}: a root CA has no parent, it signs its own certificate.`, {
      hint: 'certutil -renewCert, or certutil -renewCert ReuseKeys for the key it has',
    });
  }
  return withConfiguration(context, async (configuration) => {
    const renewed = await configuration.renewCertificate({ reuseKey, force: options.has('f') });
    const { index, keyIndex, certificate, provider, container } = renewed;
    const engine = await context.engine();
    const decoded = decodeCertificate(certificate);
    const thumbprint = formatHex(await engine.digest('sha1', certificate));
    for (const line of await certificateLines(decoded, thumbprint, { engine }, dateStyle(options))) out(line);
    out(`  Key Container = ${container}`);
    out(`  Provider = ${provider}`);
    const serialNumber = formatSerial(decoded.tbsCertificate.serialNumber);
    return { index, keyIndex, serialNumber, thumbprint, certificate: encodeBase64(certificate), provider, container };
  });
}
