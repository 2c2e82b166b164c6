import { certificationRequestOf, recordEnrollment } from '#enroll/pending-requests';
import type { CaClient, RequestOutcome } from '#enroll/ports';
import { HresultError, hresult } from '#hresult/hresult-error';
import { decodePemOrDer } from '#pki/asn1/pem';
import { formatRequestAttributes } from '#pki/cmc/name-value-pairs';
import type { Json } from '../io/verb.ts';
import { attributesOf, refuseOptions, withAuthority } from './authority.ts';
import type { CertreqContext } from './context.ts';
import { requireFree } from './output-files.ts';
import { reportOutcome } from './report-outcome.ts';

/** `certreq -submit RequestFileIn [CertFileOut [CertChainFileOut [FullResponseFileOut]]]` */
export async function run(context: CertreqContext): Promise<Json> {
  const { args, console } = context;
  const [requestFile, ...outputs] = args;
  refuseOptions(context);
  const attributes = formatRequestAttributes(attributesOf(context));
  await requireFree(context, outputs);
  const request = decodePemOrDer(await console.readFile(requestFile!));
  requireSequence(request, requestFile!);
  const outcome = await withAuthority(context, async (ca) => {
    const answer = await ca.submit({ request, attributes });
    await noteEnrollment(context, request, ca, answer);
    return answer;
  });
  return reportOutcome(context, outcome, outputs);
}

/**
 * Every form of request is a SEQUENCE (RFC 2986 §4.2, RFC 5652 §3). What is none is not sent: the CA keeps a row of all that
 * comes, and of a letter it should not.
 */
function requireSequence(request: Uint8Array, file: string): void {
  if (request[0] === 0x30) return;
  throw hresult('CRYPT_E_ASN1_BADTAG', `${file} holds no certificate request.`, {
    hint: 'submit the file that certreq -new wrote',
  });
}

/** A request made here remembers which CA has it. One that only the CA can read, or was made elsewhere, does not. */
async function noteEnrollment(
  { stores }: CertreqContext,
  request: Uint8Array,
  { config }: CaClient,
  { disposition, requestId }: RequestOutcome,
): Promise<void> {
  if (disposition !== 'issued' && disposition !== 'pending') return;
  const [caDnsName = '', caName = ''] = config.split('\\');
  try {
    const { subjectPKInfo } = certificationRequestOf(request).certificationRequestInfo;
    const enrollment = { requestId, caDnsName, caName, displayName: '' };
    // Whose it is, the caller's or the machine's, the request does not say.
    for (const machine of [false, true]) await recordEnrollment(await stores(machine), subjectPKInfo.raw, enrollment);
  } catch (error) {
    // The CA has answered: what it said counts more than this note.
    if (!(error instanceof HresultError)) throw error;
  }
}
