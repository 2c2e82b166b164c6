/** Recovery BLOBs opened with the agents' keys at hand, into one PFX file: -RecoverKey, and -GetKey's `recover`. */
import { type HresultError, hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { type Certificate, thumbprint } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import { formatSerial } from '#pki/x509/serial-number';
import { type BatchResult, type NamedBlob, recoverBatch, wipeKeys } from '#recover/batch';
import type { RecoveredKey } from '#recover/open-blob';
import { type BlobRecipient, NoRecipientKeyError } from '#recover/recipient';
import { sealRecoveredKeys } from '#recover/recovered-pfx';
import { formatDate } from '../../io/date.ts';
import type { Json } from '../../io/verb.ts';
import type { CertutilContext } from '../context.ts';
import { newPassword } from '../pfx/password.ts';
import { listingPorts, openKeyPlace } from '../store/key-place.ts';
import { certificateLines } from '../store/listing.ts';
import { dateStyle } from '../text/date-style.ts';
import { type AgentKeys, keptAgentKeys } from './agent-keys.ts';
import { recipientLines } from './recipient-lines.ts';
import { retryLine } from './retry-line.ts';

export interface PfxTarget {
  readonly file: string;
  /** As -RecoverKey takes it; any recipient where it is left out. */
  readonly recipientIndex?: number;
  /** The verb to type again, in hints. */
  readonly verb: string;
}

/** All of them, or no file: throws what the first that does not open says. Answers what there is to tell of each. */
export async function recoverToPfx(
  context: CertutilContext,
  blobs: readonly NamedBlob[],
  target: PfxTarget,
): Promise<readonly Json[]> {
  const { console, options } = context;
  const engine = await context.engine();
  const agents = await keptAgentKeys(context);
  let results: readonly BatchResult[] = [];
  try {
    results = await recoverBatch(blobs, await recoveryRequest(context, agents, target));
    const keys = results.map((result) => {
      if (result.ok) return result.key;
      if (blobs.length > 1) context.out(result.name);
      throw explained(result.error, context, agents, target);
    });
    for (const key of keys) {
      await printCertificate(context, key.certificate);
      for (const line of agentLines(key, context)) context.out(line);
    }
    const password = await newPassword(context, target.file);
    const pfx = await sealRecoveredKeys(keys, password, { algorithm: 'AES256_SHA256' }, engine);
    await console.writeFile(target.file, pfx, { overwrite: options.has('f'), mode: 0o600 });
    return await Promise.all(keys.map((key) => recoveredJson(context, key, target.file)));
  } finally {
    wipeKeys(results);
    await agents.close();
  }
}

async function recoveryRequest(context: CertutilContext, agents: AgentKeys, { recipientIndex }: PfxTarget) {
  const { stores } = await openKeyPlace(context);
  const [roots, intermediates] = await Promise.all(
    ['Root', 'CA'].map(async (name) => (await stores.open(name).list()).map(({ certificate }) => certificate)),
  );
  return {
    engine: await context.engine(),
    findRecipientKey: agents.find,
    trustedCa: roots!,
    otherCertificates: intermediates!,
    ...(recipientIndex === undefined ? {} : { recipientIndex }),
  };
}

/** Who could open it; and what stood in the way, where his key is here: -csp, or a device that is not there. */
function explained(
  error: HresultError,
  context: CertutilContext,
  { passedOver, unreachable }: AgentKeys,
  { verb }: PfxTarget,
) {
  if (!(error instanceof NoRecipientKeyError)) return error;
  for (const line of recipientLines(error.recipients)) context.out(line);
  const [only] = passedOver;
  const [away] = unreachable;
  if (!only && away) {
    const name = formatName(away.certificate.tbsCertificate.subject);
    const text = `The key of ${name} cannot be reached. ${away.error.detail ?? away.error.message}`;
    return hresult('CRYPT_E_NO_DECRYPT_CERT', text, { hint: away.error.hint, cause: error });
  }
  if (!only) return error;
  const subject = formatName(only.certificate.tbsCertificate.subject);
  const detail = `The key of ${subject} is in another provider than ${context.options.value('csp')}.`;
  return hresult('CRYPT_E_NO_DECRYPT_CERT', detail, { hint: retryLine(context, verb, only.provider), cause: error });
}

export async function printCertificate(context: CertutilContext, certificate: Certificate): Promise<void> {
  const ports = await listingPorts(context);
  const hash = formatHex(await thumbprint(certificate, ports.engine));
  for (const line of await certificateLines(certificate, hash, ports, dateStyle(context.options))) context.out(line);
}

/** Whose key opened the BLOB, and what its reader should know of him and of the CA. The texts are ours. */
function agentLines(
  { recipientCertificate, signer, isSignerTrusted }: RecoveredKey,
  context: CertutilContext,
): string[] {
  const { subject, serialNumber, validity } = recipientCertificate.tbsCertificate;
  const lines = [
    'Key Recovery Agent:',
    `    Serial Number: ${formatSerial(serialNumber)}`,
    `    Subject: ${formatName(subject)}`,
  ];
  if (validity.notAfter < context.clock.now()) {
    lines.push(`    Expired: ${formatDate(validity.notAfter, dateStyle(context.options))}`);
  }
  if (!isSignerTrusted)
    lines.push(
      `The CA that signed the recovery BLOB is not trusted here: ${formatName(signer.tbsCertificate.subject)}`,
    );
  return lines;
}

async function recoveredJson(context: CertutilContext, key: RecoveredKey, file: string) {
  return {
    certificate: await certificateJson(context, key.certificate),
    recipient: recipientJson(key.recipient),
    signer: formatName(key.signer.tbsCertificate.subject),
    isSignerTrusted: key.isSignerTrusted,
    certificates: key.chain.length,
    file,
  };
}

export function recipientJson({ index, type, issuer, serialNumber, subject, thumbprint: hash }: BlobRecipient) {
  return { index, type, issuer, serialNumber, subject, thumbprint: hash };
}

export async function certificateJson({ engine }: CertutilContext, certificate: Certificate) {
  const { serialNumber, subject, issuer } = certificate.tbsCertificate;
  return {
    serialNumber: formatSerial(serialNumber),
    subject: formatName(subject),
    issuer: formatName(issuer),
    thumbprint: formatHex(await thumbprint(certificate, await engine())),
  };
}
