import type { CertificationAuthority } from '#ca/api';
import { hresult } from '#hresult/hresult-error';
import type { NamedBlob } from '#recover/batch';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { refuseProtectTo } from './pfx/password.ts';
import { type Candidate, candidateJson, candidateLines, candidateOf } from './recovery/candidate.ts';
import { randomPassword } from './recovery/random-password.ts';
import { recipientLines } from './recovery/recipient-lines.ts';
import { recoverToPfx } from './recovery/recover-to-pfx.ts';
import { recoveryScript, scriptBaseName } from './recovery/recovery-script.ts';
import { dateStyle } from './text/date-style.ts';
import { withAuthority } from './with-authority.ts';

/** What was found, and where. */
interface Found {
  readonly authority: CertificationAuthority;
  readonly token: string;
  readonly candidates: readonly Candidate[];
  /** As it is printed. */
  readonly listing: readonly string[];
}

/** The newer forms: `SearchToken script|retrieve|recover Out`. */
const MODES: ReadonlyMap<string, (context: CertutilContext, found: Found, out: string) => Promise<Json>> = new Map([
  ['script', writeScript],
  ['retrieve', retrieveAll],
  ['recover', recoverAll],
]);

/**
 * `certutil -GetKey SearchToken [RecoveryBlobOutFile]`. Several keys are listed and none is taken; one key without a file
 * is told with its recipients, which retrieves nothing and so leaves no audit record of a retrieval. Under -v what is printed
 * is a script that recovers them all.
 */
export async function run(context: CertutilContext): Promise<Json> {
  refuseProtectTo(context.options);
  const [token, word, out] = context.args as [string, string | undefined, string | undefined];
  const mode = out === undefined ? undefined : MODES.get(word!.toLowerCase());
  if (out !== undefined && mode === undefined) {
    throw hresult('ERROR_INVALID_PARAMETER', `"${word}" is nothing that -getkey does.`, {
      hint: 'one of script, retrieve, recover; or a file for the one recovery BLOB',
    });
  }
  const isScript = word === undefined && context.options.has('v');
  // A script begins with its interpreter; what is printed beside it goes into its comments.
  const print = isScript ? () => undefined : context.out;
  return withAuthority(context, async (authority) => {
    const found = await search(context, authority, token, print);
    if (mode) return mode(context, found, out!);
    if (!isScript) return one(context, found, word);
    const script = await scriptOf(context, found);
    for (const line of script) context.out(line);
    const [only, ...others] = found.candidates as [Candidate, ...Candidate[]];
    if (others.length > 0) ambiguous(found, word, isScript);
    return { config: authority.config, ...candidateJson(only), script: script.join('\n') };
  });
}

async function search(
  context: CertutilContext,
  authority: CertificationAuthority,
  token: string,
  print: (line?: string) => void,
): Promise<Found> {
  const head = [`Querying ${authority.config}.....`, ''];
  for (const line of head) print(line);
  const hits = await authority.searchArchivedKeys(token);
  if (hits.length === 0) {
    throw hresult('CRYPT_E_NOT_FOUND', `${authority.config} has no archived key for "${token}".`, {
      hint: 'a token is a common name, UPN, DOMAIN\\name, serial number or SHA-1 hash',
    });
  }
  const candidates = await Promise.all(hits.map((hit) => candidateOf(hit, context)));
  const lines = candidateLines(authority.config, candidates, dateStyle(context.options));
  for (const line of lines) print(line);
  return { authority, token, candidates, listing: [...head, ...lines] };
}

function ambiguous({ candidates, token }: Found, file: string | undefined, isScript: boolean): never {
  const serialNumber = candidates[0]!.serialNumber;
  throw hresult('TYPE_E_AMBIGUOUSNAME', `${candidates.length} archived keys match "${token}".`, {
    hint: isScript
      ? 'the script recovers them all: run it with sh'
      : `name one by its serial number: certutil -getkey ${serialNumber}${file === undefined ? '' : ` ${file}`}`,
  });
}

async function one({ console, options, out }: CertutilContext, found: Found, file: string | undefined): Promise<Json> {
  const { authority, candidates } = found;
  const candidate = candidates.length === 1 ? candidates[0]! : ambiguous(found, file, false);
  // Before the key is asked for: what could not be written would be on record as retrieved.
  if (file !== undefined) await console.requireWritable(file, { overwrite: options.has('f') });
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
    ...candidateJson(candidate),
    recipients: recipients.map((recipient) => ({ ...recipient })),
    file,
  };
}

async function scriptOf(context: CertutilContext, { authority, candidates, listing }: Found): Promise<string[]> {
  const engine = await context.engine();
  const random = (length: number) => engine.random(length);
  const [{ commonName, upn }] = candidates as [Candidate];
  return recoveryScript({
    config: authority.config,
    listing,
    keys: candidates,
    baseName: scriptBaseName(commonName ?? upn),
    command: context.command?.() ?? ['certutil'],
    provider: context.options.value('csp'),
    overwrite: context.options.has('f'),
    passwords: { temporary: randomPassword(random), merged: randomPassword(random) },
  });
}

async function writeScript(context: CertutilContext, found: Found, file: string): Promise<Json> {
  const lines = await scriptOf(context, found);
  const content = new TextEncoder().encode(lines.join('\n'));
  // It holds a password, and is there to be run.
  await context.console.writeFile(file, content, { overwrite: context.options.has('f'), mode: 0o700 });
  return { config: found.authority.config, keys: found.candidates.map(candidateJson), file };
}

/** `retrieve`: one recovery BLOB a key, into `Base-SERIAL.rec`. */
async function retrieveAll(context: CertutilContext, { authority, candidates }: Found, out: string): Promise<Json> {
  const { console, options } = context;
  const base = withoutExtension(out);
  const files = candidates.map(({ serialNumber }) => `${base}-${serialNumber}.rec`);
  for (const file of files) await console.requireWritable(file, { overwrite: options.has('f') });
  for (const [index, { requestId, serialNumber }] of candidates.entries()) {
    const { recoveryBlob, recipients } = await authority.getArchivedKey(requestId);
    await console.writeFile(files[index]!, recoveryBlob, { overwrite: options.has('f'), mode: 0o600 });
    context.out(`${serialNumber}: ${files[index]}`);
    for (const line of recipientLines(recipients)) context.out(line);
  }
  return { config: authority.config, keys: candidates.map(candidateJson), files };
}

/** `recover`: all keys into `Base.p12`, with the keys of an agent who is at hand. */
async function recoverAll(context: CertutilContext, { authority, candidates }: Found, out: string): Promise<Json> {
  const file = `${withoutExtension(out)}.p12`;
  await context.console.requireWritable(file, { overwrite: context.options.has('f') });
  const blobs: NamedBlob[] = [];
  for (const { requestId, serialNumber } of candidates) {
    blobs.push({ name: serialNumber, bytes: (await authority.getArchivedKey(requestId)).recoveryBlob });
  }
  return { config: authority.config, keys: [...(await recoverToPfx(context, blobs, { file, verb: 'getkey' }))], file };
}

function withoutExtension(file: string): string {
  return file.replace(/(?<=[^/\\])\.[^./\\]*$/, '');
}
