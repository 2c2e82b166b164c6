/**
 * The main job, narrated: a CA archives a key and gives it back. Every line behind `$` is run as it stands, by the person
 * named before it, through the same launchers that `certhaven link` writes. Anything that does not come out right ends it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { writeLaunchers } from './launchers.ts';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-demo-'));
const tools = join(folder, 'bin');
const LETTER = 'The spare key to the vault is under the third flowerpot.\n';
const PASSWORD = 'Flowerpot-3';

class Mismatch extends Error {}

interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Runs one command line in the demo's folder. */
function execute(user: string, command: string): Outcome {
  const run = spawnSync('/bin/sh', ['-c', command], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${tools}${delimiter}${process.env['PATH'] ?? ''}`,
      CERTHAVEN_HOME: join(folder, 'home'),
      CERTHAVEN_USER: user === 'admin' ? '' : `CONTOSO\\${user}`,
      CERTHAVEN_MACHINE: 'ca01.contoso.com',
    },
  });
  return { code: run.status ?? 1, output: `${run.stdout}${run.stderr}` };
}

function say(line: string): void {
  console.log(line);
}

/** Shows the command, runs it, and shows what `wanted` finds in its output. */
function type(user: string, command: string, wanted?: RegExp): string {
  const { code, output } = execute(user, command);
  const found = wanted?.exec(output);
  if (code !== 0 || (wanted && !found)) throw new Mismatch(`${user}$ ${command}\nended with ${code}:\n${output}`);
  say(`${user.padStart(7)}$ ${command}${found ? `   # ${found[0].trim()}` : ''}`);
  return found?.[1] ?? output;
}

/** A command that has to fail. */
function refuse(user: string, command: string, wanted: RegExp): void {
  const { code, output } = execute(user, command);
  const found = wanted.exec(output);
  if (code === 0 || !found)
    throw new Mismatch(`${user}$ ${command}\nshould have failed, ended with ${code}:\n${output}`);
  say(`${user.padStart(7)}$ ${command}   # fails: ${found[0].trim()}`);
}

function put(name: string, content: string): void {
  writeFileSync(join(folder, name), content);
}

function requestInf(subject: string, template: string, more = ''): string {
  return `[Version]\nSignature= "$Windows NT$"\n[NewRequest]\nSubject = "CN=${subject}"\nKeySpec = 1\n${more}[RequestAttributes]\nCertificateTemplate = ${template}\n`;
}

async function demo(): Promise<void> {
  await writeLaunchers(tools);
  put('letter.txt', LETTER);

  say('1. A certification authority, its people, and a template that archives keys');
  type(
    'admin',
    'certhaven install-ca --name "CN=Contoso CA,O=Contoso" --domain contoso.com',
    /ca01\.contoso\.com\\Contoso CA installed/,
  );
  for (const name of ['alice', 'morgan', 'kra1', 'kra2'])
    type('admin', `certhaven add-user ${name} --mail ${name}@contoso.com`);
  type('admin', 'certhaven permit CONTOSO\\\\morgan manage-certificates', /may manage-certificates/);
  type('admin', 'certhaven template permit KeyRecoveryAgent "CONTOSO\\Domain Users" read enroll');
  type('admin', 'certhaven template duplicate EFS Mail --archive-key');
  type('admin', 'certutil -SetCATemplates +KeyRecoveryAgent,Mail', /completed successfully/);

  say('2. Two key recovery agents: their requests wait for a manager, who approves them');
  for (const name of ['kra1', 'kra2']) {
    put(`${name}.inf`, requestInf(name, 'KeyRecoveryAgent'));
    const pending = type(
      name,
      `certreq -new -q ${name}.inf ${name}.req && certreq -submit ${name}.req`,
      /RequestId: (\d+)/,
    );
    type('morgan', `certutil -resubmit ${pending}`, /Certificate issued/);
    type(name, `certreq -retrieve -f ${pending} ${name}.cer && certreq -accept ${name}.cer`, /Installed Certificate/);
  }
  type('admin', 'certhaven kra kra1.cer kra2.cer --use 2', /sealed to 2 of 2/);

  say('3. Alice enrolls; her private key travels to the CA sealed, and is archived before she gets her certificate');
  put('alice.inf', requestInf('alice', 'Mail', 'Exportable = TRUE\nPrivateKeyArchive = TRUE\n'));
  type(
    'alice',
    'certreq -new -q alice.inf alice.req && certreq -submit alice.req alice.cer alice.p7b alice.rsp',
    /Certificate retrieved\(Issued\)/,
  );
  type('alice', 'certreq -accept alice.rsp', /Installed Certificate/);
  type('alice', 'openssl cms -encrypt -aes256 -binary -in letter.txt -out letter.cms -outform DER alice.cer');

  say('4. Her computer is lost, and the key with it');
  type('alice', 'rm -r "$CERTHAVEN_HOME"/users/$(certhaven whoami --sid)', undefined);
  refuse('alice', 'certutil -user -p x -exportPFX My alice lost.pfx', /0x8009\w+ \([^)]*\)/);
  refuse(
    'alice',
    'openssl cms -decrypt -inform DER -in letter.cms -recip alice.cer -out nothing.txt',
    /(?:Could not|unable to|No)[^\n]*/i,
  );

  say('5. A manager takes the sealed key from the CA; a recovery agent, who cannot, opens it');
  refuse('kra2', 'certutil -getkey alice@contoso.com alice.rec', /0x80070005[^\n]*/);
  type('morgan', 'certutil -getkey alice@contoso.com alice.rec', /completed successfully/);
  refuse('morgan', `certutil -p ${PASSWORD} -recoverkey alice.rec mine.pfx`, /0x8009200c[^\n]*/);
  type('kra2', `certutil -p ${PASSWORD} -recoverkey -user alice.rec alice.pfx`, /completed successfully/);

  say('6. Alice has her key again, and reads her letter');
  type('alice', `certutil -user -p ${PASSWORD} -importPFX alice.pfx`, /added to store/);
  type('alice', `openssl pkcs12 -in alice.pfx -passin pass:${PASSWORD} -nodes -nocerts -out alice.key`);
  type('alice', 'openssl cms -decrypt -inform DER -in letter.cms -inkey alice.key -recip alice.cer -out again.txt');
  if (readFileSync(join(folder, 'again.txt'), 'utf8') !== LETTER) throw new Mismatch('the letter came back changed');
  type('admin', 'certhaven audit --verify', /the chain is whole/);
  say('Done: the letter is the same, byte for byte.');
}

try {
  await demo();
} catch (error) {
  if (!(error instanceof Mismatch)) throw error;
  console.error(`\nThe demo failed.\n${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
