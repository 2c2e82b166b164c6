import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { decodePemOrDer } from '#pki/asn1/pem';
import { wipe } from '#pki/crypto/engine';
import { type Certificate, thumbprint } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import { formatSerial } from '#pki/x509/serial-number';
import { openRecoveryBlob, type RecoveredKey } from '#recover/open-blob';
import { type BlobRecipient, NoRecipientKeyError } from '#recover/recipient';
import { sealRecoveredKeys } from '#recover/recovered-pfx';
import { decodeRecoveryBlob } from '#recover/recovery-blob';
import { formatDate } from '../io/date.ts';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { newPassword, refuseProtectTo } from './pfx/password.ts';
import { type AgentKeys, agentKeys } from './recovery/agent-keys.ts';
import { recipientLines } from './recovery/recipient-lines.ts';
import { retryLine } from './recovery/retry-line.ts';
import { listingPorts, openKeyPlace } from './store/key-place.ts';
import { certificateLines } from './store/listing.ts';
import { dateStyle } from './text/date-style.ts';

/** `certutil -RecoverKey RecoveryBlobInFile [PFXOutFile [RecipientIndex]]`: without a file the BLOB is told, not opened. */
export async function run(context: CertutilContext): Promise<Json> {
  refuseProtectTo(context.options);
  const [blobFile, pfxFile] = context.args as [string, string | undefined];
  const blob = decodePemOrDer(await context.console.readFile(blobFile));
  return pfxFile === undefined ? tell(context, blob) : recover(context, blob, pfxFile);
}

async function tell(context: CertutilContext, bytes: Uint8Array): Promise<Json> {
  const blob = await decodeRecoveryBlob(bytes, await context.engine());
  await printCertificate(context, blob.certificate);
  for (const line of recipientLines(blob.recipients)) context.out(line);
  return {
    certificate: await certificateJson(context, blob.certificate),
    signer: formatName(blob.signer.tbsCertificate.subject),
    recipients: blob.recipients.map(recipientJson),
  };
}

async function recover(context: CertutilContext, blob: Uint8Array, pfxFile: string): Promise<Json> {
  const { console, options } = context;
  const engine = await context.engine();
  const agents = await agentKeys(context);
  const recovered = await open(context, blob, agents);
  try {
    await printCertificate(context, recovered.certificate);
    for (const line of agentLines(recovered, context)) context.out(line);
    const pfx = await sealRecoveredKeys(
      [recovered],
      await newPassword(context, pfxFile),
      { algorithm: 'AES256_SHA256' },
      engine,
    );
    await console.writeFile(pfxFile, pfx, { overwrite: options.has('f'), mode: 0o600 });
  } finally {
    wipe(recovered.pkcs8);
  }
  return {
    certificate: await certificateJson(context, recovered.certificate),
    recipient: recipientJson(recovered.recipient),
    signer: formatName(recovered.signer.tbsCertificate.subject),
    isSignerTrusted: recovered.isSignerTrusted,
    certificates: recovered.chain.length,
    file: pfxFile,
  };
}

async function open(context: CertutilContext, blob: Uint8Array, agents: AgentKeys): Promise<RecoveredKey> {
  const { stores } = await openKeyPlace(context);
  const [roots, intermediates] = await Promise.all(
    ['Root', 'CA'].map(async (name) => (await stores.open(name).list()).map(({ certificate }) => certificate)),
  );
  try {
    return await openRecoveryBlob(blob, {
      engine: await context.engine(),
      findRecipientKey: (rid) => agents.find(rid),
      trustedCa: roots!,
      otherCertificates: intermediates!,
      ...recipientIndexOf(context),
    });
  } catch (error) {
    if (!(error instanceof NoRecipientKeyError)) throw error;
    for (const line of recipientLines(error.recipients)) context.out(line);
    throw withProvider(error, context, agents);
  }
}

/** The line to type, where the key is there and -csp stood in its way. */
function withProvider(error: NoRecipientKeyError, context: CertutilContext, { passedOver }: AgentKeys) {
  const [only] = passedOver;
  if (!only) return error;
  const subject = formatName(only.certificate.tbsCertificate.subject);
  const detail = `The key of ${subject} is in another provider than ${context.options.value('csp')}.`;
  return hresult('CRYPT_E_NO_DECRYPT_CERT', detail, {
    hint: retryLine(context, 'recoverkey', only.provider),
    cause: error,
  });
}

function recipientIndexOf({ args }: CertutilContext): { recipientIndex?: number } {
  const text = args[2];
  if (text === undefined) return {};
  if (/^[0-9]{1,4}$/.test(text)) return { recipientIndex: Number(text) };
  throw hresult('ERROR_INVALID_PARAMETER', `"${text}" is no RecipientIndex: recipients are counted from 0.`);
}

async function printCertificate(context: CertutilContext, certificate: Certificate): Promise<void> {
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

function recipientJson({ index, type, issuer, serialNumber, subject, thumbprint: hash }: BlobRecipient) {
  return { index, type, issuer, serialNumber, subject, thumbprint: hash };
}

async function certificateJson({ engine }: CertutilContext, certificate: Certificate) {
  const { serialNumber, subject, issuer } = certificate.tbsCertificate;
  return {
    serialNumber: formatSerial(serialNumber),
    subject: formatName(subject),
    issuer: formatName(issuer),
    thumbprint: formatHex(await thumbprint(certificate, await engine())),
  };
}
