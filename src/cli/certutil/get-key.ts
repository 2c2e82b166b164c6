import type { ArchivedKeyHit, CertificationAuthority } from '#ca/api';
import { hresult, isHresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { decodeCertificate } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import type { Console } from '../io/console.ts';
import { type DateStyle, formatDate } from '../io/date.ts';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { recipientLines } from './recovery/recipient-lines.ts';
import { dateStyle } from './text/date-style.ts';
import { printable } from './text/printable.ts';
import { withAuthority } from './with-authority.ts';

/** What is printed of a key that the token met. */
interface Candidate {
  readonly requestId: number;
  readonly serialNumber: string;
  readonly subject: string;
  readonly upn: string | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly template: string;
  readonly version: number;
  readonly thumbprint: string;
}

/**
 * `certutil -GetKey SearchToken [RecoveryBlobOutFile]`. Several keys are listed and none is taken; one key without a file
 * is told with its recipients, which retrieves nothing and so leaves no audit record of a retrieval.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const [token, file] = context.args as [string, string | undefined];
  return withAuthority(context, async (authority) => {
    context.out(`Querying ${authority.config}.....`);
    context.out();
    const hits = await authority.searchArchivedKeys(token);
    if (hits.length === 0) {
      throw hresult('CRYPT_E_NOT_FOUND', `${authority.config} has no archived key for "${token}".`, {
        hint: 'a token is a common name, UPN, DOMAIN\\name, serial number or SHA-1 hash',
      });
    }
    const candidates = await Promise.all(hits.map((hit) => candidateOf(hit, context)));
    for (const line of listing(authority.config, candidates, dateStyle(context.options))) context.out(printable(line));
    const [only, ...others] = candidates;
    if (others.length > 0) {
      throw hresult('TYPE_E_AMBIGUOUSNAME', `${candidates.length} archived keys match "${token}".`, {
        hint: `name one by its serial number: certutil -getkey ${only!.serialNumber}${file === undefined ? '' : ` ${file}`}`,
      });
    }
    return retrieve(context, authority, only!, file);
  });
}

async function retrieve(
  { console, options, out }: CertutilContext,
  authority: CertificationAuthority,
  candidate: Candidate,
  file: string | undefined,
): Promise<Json> {
  if (file !== undefined && !options.has('f')) await requireNewFile(console, file);
  const { recipients, recoveryBlob } =
    file === undefined
      ? { recipients: await authority.recoveryRecipients(candidate.requestId), recoveryBlob: undefined }
      : await authority.getArchivedKey(candidate.requestId);
  if (file !== undefined && recoveryBlob !== undefined) {
    await console.writeFile(file, recoveryBlob, { overwrite: options.has('f'), mode: 0o600 });
  }
  for (const line of recipientLines(recipients)) out(line);
  return {
    config: authority.config,
    ...candidate,
    notBefore: candidate.notBefore.toISOString(),
    notAfter: candidate.notAfter.toISOString(),
    recipients: recipients.map((recipient) => ({ ...recipient })),
    file,
  };
}

/** Before the key is asked for: what could not be written would be on record as retrieved. Throws ERROR_FILE_EXISTS. */
async function requireNewFile(console: Console, file: string): Promise<void> {
  try {
    await console.readFile(file);
  } catch (error) {
    if (isHresult(error, 'ERROR_FILE_NOT_FOUND')) return;
    throw error;
  }
  throw hresult('ERROR_FILE_EXISTS', file, { hint: 'Give -f to replace the file.' });
}

async function candidateOf(hit: ArchivedKeyHit, { engine }: CertutilContext): Promise<Candidate> {
  const { raw, tbsCertificate } = decodeCertificate(hit.certificate);
  return {
    requestId: hit.requestId,
    serialNumber: hit.serialNumber,
    subject: formatName(tbsCertificate.subject),
    upn: hit.upn,
    ...tbsCertificate.validity,
    template: hit.template,
    version: tbsCertificate.version,
    thumbprint: formatHex(await (await engine()).digest('sha1', raw)),
  };
}

/** The layout of document 004, "Recovery Batch File", with hashes as Windows prints them since 2016. */
function listing(config: string, candidates: readonly Candidate[], style: DateStyle): string[] {
  const blocks = candidates.map(
    ({ serialNumber, subject, upn, notBefore, notAfter, template, version, thumbprint }) => [
      `  Serial Number: ${serialNumber}`,
      `  Subject: ${subject}`,
      ...(upn === undefined ? [] : [`  UPN:${upn}`]),
      `  NotBefore: ${formatDate(notBefore, style)}`,
      `  NotAfter: ${formatDate(notAfter, style)}`,
      ...(template === '' ? [] : [`  Template: ${template}`]),
      `  Version: ${version}`,
      `  Cert Hash(sha1): ${thumbprint}`,
      '',
    ],
  );
  return [`"${config}"`, ...blocks.flat()];
}
