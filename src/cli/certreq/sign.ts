import { signRequest } from '#enroll/sign-request';
import { signatureBy } from '#enroll/signing-certificate';
import { decodePemOrDer } from '#pki/asn1/pem';
import { formatName } from '#pki/x509/name-text';
import type { Json } from '../io/verb.ts';
import { refuseOptions } from './authority.ts';
import type { CertreqContext } from './context.ts';
import { requireFree, writeOutput } from './output-files.ts';
import { openSigner } from './signer.ts';

/** `certreq -sign RequestFileIn RequestFileOut`: says what is signed, because the signer answers for it. */
export async function run(context: CertreqContext): Promise<Json> {
  const { args, console, out } = context;
  const [requestFile, outFile] = args as [string, string];
  refuseOptions(context);
  await requireFree(context, [outFile]);
  const request = decodePemOrDer(await console.readFile(requestFile));
  const { signer, digest, engine } = await openSigner(context, 'Certificate Request Agents');
  try {
    const signed = await signRequest(request, signatureBy(signer, digest), engine);
    await writeOutput(context, outFile, 'NEW CERTIFICATE REQUEST', signed.request);
    const subject = formatName(signed.certificationRequest.certificationRequestInfo.subject);
    const signedBy = formatName(signer.entry.certificate.tbsCertificate.subject);
    out('Signed Request:');
    out(`  Subject: ${subject === '' ? '(empty)' : subject}`);
    if (signed.requesterName !== undefined) out(`  Requester Name: ${signed.requesterName}`);
    out(`  Signed by: ${signedBy}`);
    return {
      requestFile: outFile,
      subject,
      requesterName: signed.requesterName,
      signedBy: { subject: signedBy, thumbprint: signer.entry.thumbprint },
    };
  } finally {
    signer.key.close();
  }
}
