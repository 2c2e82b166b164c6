/** What -submit and -retrieve print and write of a CA's answer. */
import type { RequestOutcome } from '#enroll/ports';
import { formatHresult, messageText, symbolOf } from '#hresult/format';
import { type HresultError, hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertreqContext } from './context.ts';
import { writeOutput } from './output-files.ts';
import { REFUSAL_HINTS } from './refusal-hints.ts';

/** Files for certificate, chain and full response, as far as they were named. */
export type OutcomeFiles = readonly (string | undefined)[];

/** Throws the code of the refusal where the request was not granted: certreq ends with it. */
export async function reportOutcome(
  context: CertreqContext,
  outcome: RequestOutcome,
  [certFile, chainFile, responseFile]: OutcomeFiles,
): Promise<Json> {
  const { out } = context;
  const { requestId, disposition, statusCode, dispositionMessage } = outcome;
  out(`RequestId: ${requestId}`);
  out(`RequestId: "${requestId}"`);
  if (disposition === 'denied' || disposition === 'error') {
    const error = refusal(outcome);
    out(`Certificate not issued (${disposition === 'denied' ? 'Denied' : 'Error'}) ${refusalText(outcome)}`);
    await write(context, responseFile, outcome.fullResponse);
    throw error;
  }
  const isIssued = disposition === 'issued';
  if (isIssued) {
    if (certFile !== undefined && outcome.certificate) {
      await writeOutput(context, certFile, 'CERTIFICATE', outcome.certificate);
    }
    await write(context, chainFile, outcome.certificateChain);
  }
  await write(context, responseFile, outcome.fullResponse);
  out(
    isIssued
      ? `Certificate retrieved(Issued) ${issuedText(dispositionMessage)}`
      : `Certificate request is pending: ${dispositionMessage} (${statusCode})`,
  );
  const written = (path: string | undefined, bytes: Uint8Array | undefined) => (bytes ? path : undefined);
  return {
    requestId,
    disposition,
    dispositionMessage,
    certFile: written(certFile, outcome.certificate),
    certChainFile: written(chainFile, outcome.certificateChain),
    fullResponseFile: written(responseFile, outcome.fullResponse),
  };
}

async function write(
  context: CertreqContext,
  path: string | undefined,
  message: Uint8Array | undefined,
): Promise<void> {
  if (path !== undefined && message) await writeOutput(context, path, 'PKCS7', message);
}

/** `Issued`, and behind two blanks what else the CA said. */
function issuedText(dispositionMessage: string): string {
  return /^Issued\b/.test(dispositionMessage) ? dispositionMessage : `Issued  ${dispositionMessage}`;
}

/** The CA's words, and the code's unless they hold it already. */
function refusalText({ dispositionMessage, statusCode }: RequestOutcome): string {
  if (/\b0x[0-9a-f]{8}\b/i.test(dispositionMessage)) return dispositionMessage;
  const text = messageText(statusCode);
  return `${dispositionMessage}  ${text === undefined ? '' : `${text} `}${formatHresult(statusCode)}`;
}

function refusal({ requestId, statusCode, dispositionMessage }: RequestOutcome): HresultError {
  const symbol = symbolOf(statusCode) ?? 'E_FAIL';
  const detail = `Request ${requestId}: ${dispositionMessage}.`.replace(/\.\.$/, '.');
  return hresult(symbol, detail, { hint: REFUSAL_HINTS[symbol] });
}
