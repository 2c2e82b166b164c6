/** `certhaven doctor`: what is wrong with a CA, and what mends it. */
import { resolve } from 'node:path';
import type { CaFiles, Examination, Finding } from '#doctor/api';
import { hresult } from '#hresult/hresult-error';
import { readPfxFile } from '#pki/pkcs12/pfx-file';
import { encodedOf, readStoreFile } from '../certutil/store/file.ts';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';
import { findingJson, printFinding } from './findings.ts';
import { firstLine } from './password-file.ts';

/** Ends with 1 where there is an error among the findings. */
export async function run(context: CommandContext): Promise<Json> {
  const [word] = context.arguments;
  if (word !== undefined) {
    throw hresult('ERROR_INVALID_PARAMETER', `${word}: not so.`, {
      hint: 'certhaven doctor alone, or with --reg, --pfx, --cert and the files of another CA',
    });
  }
  const files = await filesOf(context);
  const folders = await foldersOf(context, files !== undefined);
  return report(context, await (files === undefined ? context.examine(folders) : context.examineFiles(files)));
}

/** Undefined where none is named: this machine's CA is meant. */
async function filesOf(context: CommandContext): Promise<CaFiles | undefined> {
  const { console, option, options } = context;
  const [pfx, cert, reg] = [options('pfx'), options('cert'), option('reg')];
  if (pfx.length === 0 && cert.length === 0 && reg === undefined) {
    if (option('password') === undefined && option('password-file') === undefined) return undefined;
    throw hresult('ERROR_INVALID_PARAMETER', 'The password of what?', { hint: '--pfx FILE names a PFX file' });
  }
  const registry = reg === undefined ? undefined : await console.readFile(reg);
  const certificates: Uint8Array[] = [];
  for (const file of cert) certificates.push(...encodedOf(readStoreFile(await console.readFile(file)), 'certificate'));
  const read: { readonly name: string; readonly bytes: Uint8Array; readonly password: string }[] = [];
  for (const name of pfx) {
    const bytes = readPfxFile(await console.readFile(name));
    read.push({ name, bytes, password: await passwordOf(context, name) });
  }
  return { pfx: read, certificates, registry };
}

/** Absolute paths of folders to be looked through beside the home. Throws ERROR_INVALID_PARAMETER, ERROR_DIRECTORY. */
async function foldersOf({ console, options }: CommandContext, isOfFiles: boolean): Promise<readonly string[]> {
  const folders = options('folder');
  if (isOfFiles && folders.length > 0) {
    throw hresult('ERROR_INVALID_PARAMETER', '--folder is looked through for keys of the CA of this machine.', {
      hint: 'leave --folder out, or --reg, --pfx and --cert',
    });
  }
  for (const folder of folders) {
    if (await console.listFolder(folder)) continue;
    throw hresult('ERROR_DIRECTORY', `${folder} is no folder.`, { hint: '--folder names a folder that is there' });
  }
  return folders.map((folder) => resolve(folder));
}

/** One for all files, or each is asked for. */
async function passwordOf(context: CommandContext, name: string): Promise<string> {
  const file = context.option('password-file');
  if (file !== undefined) return firstLine(context, file);
  const question = `Enter PFX password of ${name}:`;
  return context.option('password') ?? context.console.prompt(question, { hidden: true, aside: context.isJson });
}

function report({ out, endWith }: CommandContext, { config, findings }: Examination): Json {
  if (config !== undefined) out(config);
  for (const finding of findings) printFinding(out, finding);
  const count = (severity: Finding['severity']) => findings.filter((each) => each.severity === severity).length;
  const [errors, warnings, notes] = [count('error'), count('warning'), count('note')];
  out(`${many(errors, 'error')}, ${many(warnings, 'warning')}, ${many(notes, 'note')}.`);
  if (errors > 0) endWith(1);
  return { config, errors, warnings, notes, findings: findings.map(findingJson) };
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
