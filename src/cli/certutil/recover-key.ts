import { hresult } from '#hresult/hresult-error';
import { decodePemOrDer } from '#pki/asn1/pem';
import { formatName } from '#pki/x509/name-text';
import type { NamedBlob } from '#recover/batch';
import { decodeRecoveryBlob } from '#recover/recovery-blob';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { refuseProtectTo } from './pfx/password.ts';
import { recipientLines } from './recovery/recipient-lines.ts';
import { certificateJson, printCertificate, recipientJson, recoverToPfx } from './recovery/recover-to-pfx.ts';

/**
 * `certutil -RecoverKey RecoveryBlobInFile[,…] [PFXOutFile [RecipientIndex]]`: without a file the BLOB is told, not opened.
 * Several BLOBs, parted by commas as -MergePFX has its files, come into one PFX file.
 */
export async function run(context: CertutilContext): Promise<Json> {
  refuseProtectTo(context.options);
  const [list, pfxFile] = context.args as [string, string | undefined];
  const files = list.split(',').map((file) => file.trim());
  const blobs: NamedBlob[] = [];
  for (const name of files) blobs.push({ name, bytes: decodePemOrDer(await context.console.readFile(name)) });
  if (pfxFile === undefined) {
    const told: Json[] = [];
    for (const blob of blobs) told.push(await tell(context, blob.bytes));
    return told.length === 1 ? told[0]! : told;
  }
  const target = { file: pfxFile, verb: 'recoverkey', ...recipientIndexOf(context) };
  const recovered = await recoverToPfx(context, blobs, target);
  return recovered.length === 1 ? recovered[0]! : recovered;
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

function recipientIndexOf({ args }: CertutilContext): { recipientIndex?: number } {
  const text = args[2];
  if (text === undefined) return {};
  if (/^[0-9]{1,4}$/.test(text)) return { recipientIndex: Number(text) };
  throw hresult('ERROR_INVALID_PARAMETER', `"${text}" is no RecipientIndex: recipients are counted from 0.`);
}
