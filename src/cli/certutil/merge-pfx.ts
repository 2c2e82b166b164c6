import { wipe } from '#pki/crypto/engine';
import { openPfx } from '#pki/pkcs12/open';
import { pairKeys } from '#pki/pkcs12/pair-keys';
import type { PfxContents } from '#pki/pkcs12/pfx-contents';
import { readPfxFile } from '#pki/pkcs12/pfx-file';
import { sealPfx } from '#pki/pkcs12/seal';
import { decodeCertificate } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import { formatSerial } from '#pki/x509/serial-number';
import { mergePfx } from '#recover/merge-pfx';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { refuseEpf } from './import-pfx.ts';
import { readCertificateWithKey } from './pfx/key-beside.ts';
import { encryptsCertificates, MERGE_MODIFIERS, parseModifiers } from './pfx/modifiers.ts';
import { existingPassword, newPassword, passwordList, passwordOption, refuseProtectTo } from './pfx/password.ts';

/** `certutil -MergePFX PFXInFileList PFXOutFile [Modifiers]`; a certificate with its key beside it counts as a PFX. */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, console, options, out } = context;
  refuseProtectTo(options);
  const [list, outFile, modifier] = args as [string, string, string | undefined];
  const { flags } = parseModifiers(modifier, MERGE_MODIFIERS);
  const encryptCertificates = encryptsCertificates(flags);
  const files = list.split(',').map((file) => file.trim());
  for (const file of [...files, outFile]) refuseEpf(file);
  const passwords = passwordList(await passwordOption(context), files.length);
  const engine = await context.engine();
  const contents: PfxContents[] = [];
  try {
    for (const [i, file] of files.entries()) contents.push(await open(context, file, passwords[i]));
    const merged = mergePfx(contents, { extendedProperties: flags.has('ExtendedProperties') });
    const password = await newPassword(context, outFile, passwords.at(-1));
    const pfx = await sealPfx(merged, password, { algorithm: 'AES256_SHA256', encryptCertificates }, engine);
    await console.writeFile(outFile, pfx, { overwrite: options.has('f'), mode: 0o600 });
    for (const [serialNumber, subject] of new Map(contents.flatMap(ownersOf))) {
      out(`  Serial Number: ${serialNumber}`);
      out(`  Subject: ${subject}`);
      out();
    }
    return { files, keys: merged.keys.length, certificates: merged.certificates.length, file: outFile };
  } finally {
    for (const { keys } of contents) wipe(...keys.map(({ pkcs8 }) => pkcs8));
  }
}

async function open(context: CertutilContext, file: string, given: string | undefined): Promise<PfxContents> {
  const content = await context.console.readFile(file);
  const pair = await readCertificateWithKey(context.console, file, content, await context.engine());
  if (pair) {
    context.out(pair.test);
    return pair.contents;
  }
  const bytes = readPfxFile(content);
  const password = await existingPassword(context, given, `Enter PFX password for ${file}:`);
  try {
    return await openPfx(bytes, password, await context.engine());
  } catch (error) {
    // Which of several files it is, the error does not know.
    context.out(file);
    throw error;
  }
}

/** The certificates that have their key in the file, by serial number and subject. */
function ownersOf(contents: PfxContents): [serialNumber: string, subject: string][] {
  return pairKeys(contents).pairs.flatMap(({ certificates }) =>
    certificates.map(({ certificate }): [string, string] => {
      const { serialNumber, subject } = decodeCertificate(certificate).tbsCertificate;
      return [formatSerial(serialNumber), formatName(subject)];
    }),
  );
}
