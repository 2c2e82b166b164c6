import { InfFile } from '#enroll/inf/inf-file';
import { readSubordinationPolicy } from '#enroll/inf/subordination-policy';
import { signatureBy } from '#enroll/signing-certificate';
import { buildSubordinationRequest } from '#enroll/subordination-request';
import { hresult } from '#hresult/hresult-error';
import { decodePemOrDer } from '#pki/asn1/pem';
import { digestLength } from '#pki/crypto/digest-algorithm';
import { formatName } from '#pki/x509/name-text';
import type { Json } from '../io/verb.ts';
import { attributesOf, refuseOptions } from './authority.ts';
import type { CertreqContext } from './context.ts';
import { baseName, requireFree, writeOutput } from './output-files.ts';
import { openSigner } from './signer.ts';

/** `certreq -policy RequestFileIn PolicyFileIn RequestFileOut [PKCS10FileOut]` */
export async function run(context: CertreqContext): Promise<Json> {
  const { args, console, options, out } = context;
  const [requestFile, policyFile, outFile, pkcs10File] = args as [string, string, string, string | undefined];
  refuseOptions(context);
  await requireFree(context, [outFile, pkcs10File]);
  const input = decodePemOrDer(await console.readFile(requestFile));
  const policy = readSubordinationPolicy(InfFile.parse(await console.readFile(policyFile), baseName(policyFile)));
  const pairs = [...policy.attributes, ...attributesOf(context)];
  const { signer, digest, engine } = await openSigner(context, 'Qualified Subordination');
  try {
    const plain = signatureBy(signer, digest);
    const isPss = options.has('AlternateSignatureAlgorithm');
    if (isPss && plain.scheme.name === 'ecdsa')
      throw hresult('ERROR_NOT_SUPPORTED', '-AlternateSignatureAlgorithm: RSASSA-PSS is for RSA keys.');
    const signature = isPss
      ? { ...plain, scheme: { name: 'rsa-pss', digest, saltLength: digestLength(digest) } as const }
      : plain;
    const { extensions } = policy;
    const made = await buildSubordinationRequest({ input, extensions, pairs, signature, digest, engine });
    await writeOutput(context, outFile, 'NEW CERTIFICATE REQUEST', made.request);
    if (pkcs10File !== undefined)
      await writeOutput(context, pkcs10File, 'NEW CERTIFICATE REQUEST', made.certificationRequest.raw);
    const subject = formatName(made.certificationRequest.certificationRequestInfo.subject);
    const kind = made.crossCertified ? 'Cross Certification' : 'Qualified Subordination';
    const signedBy = formatName(signer.entry.certificate.tbsCertificate.subject);
    out(`${kind} Request:`);
    out(`  Subject: ${subject}`);
    out(`  Signed by: ${signedBy}`);
    return {
      requestFile: outFile,
      pkcs10File,
      crossCertified: made.crossCertified !== undefined,
      subject,
      extensions: extensions.map(({ extnID, critical }) => ({ extnID, critical })),
      signedBy: { subject: signedBy, thumbprint: signer.entry.thumbprint },
    };
  } finally {
    signer.key.close();
  }
}
