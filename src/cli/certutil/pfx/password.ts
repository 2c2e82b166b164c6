import { hresult, isHresult } from '#hresult/hresult-error';
import { wipe } from '#pki/crypto/engine';
import type { CertutilContext } from '../context.ts';

type Asking = Pick<CertutilContext, 'console' | 'options' | 'out'>;

/**
 * What -p says: the password (or list of passwords) itself, or `@file` for the first line of a file, which no list of
 * processes shows; `@@` begins a password that begins with @. Throws ERROR_FILE_NOT_FOUND, ERROR_INVALID_PASSWORD.
 */
export async function passwordOption({ console, options }: Asking): Promise<string | undefined> {
  const given = options.value('p');
  if (given?.startsWith('@@')) return given.slice(1);
  if (!given?.startsWith('@')) return given;
  const file = given.slice(1);
  const content = await readPasswordFile(console, file);
  try {
    const [line] = new TextDecoder().decode(content).split(/\r?\n/, 1);
    if (line) return line;
  } finally {
    wipe(content);
  }
  throw hresult('ERROR_INVALID_PASSWORD', `The first line of ${file} is empty.`, { hint: 'write the password there' });
}

async function readPasswordFile(console: Asking['console'], file: string): Promise<Uint8Array> {
  try {
    return await console.readFile(file);
  } catch (error) {
    if (!isHresult(error, 'ERROR_FILE_NOT_FOUND')) throw error;
    throw hresult('ERROR_FILE_NOT_FOUND', file, {
      hint: '-p @file reads the password from a file; write @@ for a password that begins with @',
    });
  }
}

/** The password of a file that is there: `given`, which is -p unless said otherwise; `*` and nothing ask for it. */
export async function existingPassword(
  asking: Asking,
  given?: string,
  question = 'Enter PFX password:',
): Promise<string> {
  const password = given ?? (await passwordOption(asking));
  if (password !== undefined && password !== '*') return password;
  requireAsking(asking.options);
  return asking.console.prompt(question, { hidden: true });
}

/** The password for a file that is to be written, named or not: asked for twice. Throws ERROR_INVALID_PASSWORD where the two differ. */
export async function newPassword(asking: Asking, file: string | undefined, given?: string): Promise<string> {
  const { console, options, out } = asking;
  const wanted = given ?? (await passwordOption(asking));
  if (wanted !== undefined && wanted !== '*') return wanted;
  requireAsking(options);
  if (file !== undefined) out(`Enter new password for output file ${file}:`);
  const password = await console.prompt('Enter new password:', { hidden: true });
  const again = await console.prompt('Confirm new password:', { hidden: true });
  if (password === again) return password;
  throw hresult('ERROR_INVALID_PASSWORD', 'The two passwords are not the same.', {
    hint: 'type the same twice; -p gives it in the command',
  });
}

/** certutil's limit for the PFX files of a CA. */
const LONGEST_CA_PASSWORD = 32;

/** Throws ERROR_INVALID_PARAMETER for a password that certutil takes for no file of a CA. */
export function requireCaPassword(password: string): void {
  if (password.length <= LONGEST_CA_PASSWORD) return;
  throw hresult('ERROR_INVALID_PARAMETER', `A password of ${password.length} characters.`, {
    hint: `the password of a CA's PFX file has at most ${LONGEST_CA_PASSWORD} characters`,
  });
}

/**
 * The parts of `-p "in,out"` for so many input files: one password for all files, one for all inputs and one for the output,
 * or one for each input and one for the output. Undefined where -p was not given: each is asked for.
 * Throws ERROR_INVALID_PARAMETER for another count.
 */
export function passwordList(given: string | undefined, inputs: number): readonly (string | undefined)[] {
  if (given === undefined) return Array.from({ length: inputs + 1 }, () => undefined);
  const parts = given.split(',');
  const [first, last] = [parts[0]!, parts.at(-1)!];
  if (parts.length === 1) return Array.from({ length: inputs + 1 }, () => first);
  if (parts.length === inputs + 1) return parts;
  if (parts.length === 2) return [...Array.from({ length: inputs }, () => first), last];
  throw hresult(
    'ERROR_INVALID_PARAMETER',
    `-p has ${parts.length} passwords for ${inputs} files and the one to write.`,
    {
      hint: 'Give one for all, "in,out", or one for each file and then the one for the output.',
    },
  );
}

/** Throws ERROR_NOT_SUPPORTED: files protected to a person need the domain's key service (MS-GKDI). */
export function refuseProtectTo(options: CertutilContext['options']): void {
  if (!options.has('ProtectTo')) return;
  throw hresult('ERROR_NOT_SUPPORTED', '-ProtectTo: files are protected by passwords only.', {
    hint: 'Leave -ProtectTo out; -p gives the password.',
  });
}

function requireAsking(options: CertutilContext['options']): void {
  if (options.has('silent')) throw hresult('NTE_SILENT_CONTEXT', 'A password is needed.', { hint: 'Give -p.' });
}
