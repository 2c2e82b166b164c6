/** A service whose keys are in a token (softhsm2-util's): it archives, it outlives the loss of the token, and goes on with it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { writeTools } from '../support/program.ts';
import { PIN, softToken, TOKEN } from '../support/soft-token.ts';

const NAME = 'PKCS#11 ca-token Key Storage Provider';
const soft = softToken();
const work = join(soft.directory, 'work');
let service: ChildProcess | undefined;

const environment = (user: string) => ({
  ...process.env,
  PATH: `${join(soft.directory, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
  CERTHAVEN_HOME: join(soft.directory, 'home'),
  CERTHAVEN_MACHINE: 'ca01.contoso.com',
  CERTHAVEN_USER: user === '' ? '' : `CONTOSO\\${user}`,
  TZ: 'UTC',
});

/** Answers what it printed. */
function run(user: string, command: string): string {
  const { status, stdout, stderr } = attempt(user, command);
  assert.equal(status, 0, `${command}\n${stdout}${stderr}`);
  return stdout;
}

function attempt(user: string, command: string) {
  const options = { cwd: work, env: environment(user), encoding: 'utf8', input: '' } as const;
  return spawnSync('/bin/sh', ['-c', command], options);
}

function inf(name: string, subject: string, template: string, ...lines: readonly string[]): void {
  const text = ['[Version]', 'Signature= "$Windows NT$"', '[NewRequest]', `Subject = "CN=${subject}"`, ...lines];
  writeFileSync(
    join(work, name),
    `${[...text, '[RequestAttributes]', `CertificateTemplate = ${template}`].join('\n')}\n`,
  );
}

/** Its PIN is asked for, and answered from standard input. */
async function serve(): Promise<void> {
  const words = ['serve', '--listen', '127.0.0.1:0', '--http', 'off'];
  const child = spawn(join(soft.directory, 'bin', 'certhaven'), words, { cwd: work, env: environment('') });
  service = child;
  let [output, errors] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdin.end(`${PIN}\n`);
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('listens at')) resolve();
    });
    child.once('close', () => reject(new Error(`ended: ${output}${errors}`)));
  });
  assert.match(errors, /PIN of the token ca-token:/);
}

before(async () => {
  mkdirSync(work);
  await writeTools(join(soft.directory, 'bin'));
  const where = `--module ${soft.module} --token ${TOKEN} --pin-prompt`;
  const typed = `echo ${PIN} | `;
  run('', `${typed} certhaven provider add ${where}`);
  run(
    '',
    `${typed} certhaven install-ca --name "CN=Contoso CA" --domain contoso.com --key RSA:2048 --provider "${NAME}"`,
  );
  run('', 'certhaven add-user alice --mail alice@contoso.com && certhaven add-user kra1');
  run('', 'certhaven template permit KeyRecoveryAgent CONTOSO\\\\kra1 read enroll');
  run('', `${typed} certutil -SetCATemplates +KeyRecoveryAgent`);
  inf('kra.inf', 'Agent', 'KeyRecoveryAgent', `ProviderName = "${NAME}"`, 'KeyLength = 2048');
  inf('alice.inf', 'Alice', 'Mail', 'PrivateKeyArchive = TRUE');
  inf('plain.inf', 'Alice', 'EFS');
});
after(() => {
  service?.kill('SIGKILL');
  soft.remove();
});

test('a service with its keys in a token archives, and gives back through an agent with a key in one', async () => {
  await serve();
  run('', 'certhaven template duplicate EFS Mail --archive-key && certutil -SetCATemplates +Mail');
  // Commands of people ask for the PIN as well, where they use the token themselves.
  run('kra1', `echo ${PIN} | certreq -new -q kra.inf kra1.req && certreq -submit kra1.req`);
  const [, row] = /Request ID: 0x([0-9a-f]+)/.exec(run('', 'certutil -view -restrict Disposition=9 -out RequestId'))!;
  run('', `certutil -resubmit 0x${row}`);
  run('kra1', `certreq -retrieve 0x${row} kra1.cer && echo ${PIN} | certreq -accept kra1.cer`);
  run('', 'certhaven kra kra1.cer --use 1');
  service!.kill('SIGTERM');
  assert.deepEqual(await once(service!, 'close'), [0, null]);
  await serve();
  run('alice', 'certreq -new -q alice.inf alice.req && certreq -submit alice.req alice.cer alice.p7b alice.rsp');
  run('', 'certutil -getkey alice alice.rec');
  run('kra1', `echo ${PIN} | certutil -p pfx -recoverkey alice.rec alice.pfx`);
  const recovered = run('', 'openssl pkcs12 -in alice.pfx -passin pass:pfx -nodes -nocerts | openssl pkey -pubout');
  assert.equal(recovered, run('', 'openssl x509 -in alice.cer -noout -pubkey'));
});

test('the token is lost and comes back: what needs it fails with a code meanwhile, and nothing else', () => {
  const away = `${soft.tokens}.away`;
  run('alice', 'certreq -new -q alice.inf lost.req && certreq -new -q plain.inf plain.req');
  renameSync(soft.tokens, away);
  for (const name of ['lost', 'plain']) {
    const sent = attempt('alice', `certreq -submit ${name}.req ${name}.cer ${name}.p7b ${name}.rsp`);
    assert.notEqual(sent.status, 0);
    assert.match(sent.stdout, /0x80090030|0x8009001d/);
  }
  const crl = attempt('', 'certutil -CRL');
  assert.match(crl.stdout, /0x80090030|0x8009001d/);
  assert.match(crl.stderr, /hint: /);
  run('alice', 'certutil -ping');
  assert.match(run('', 'certutil -view -restrict RequesterName=CONTOSO\\\\alice -out RequestId'), /Request ID: 0x/);
  const examined = attempt('', `echo ${PIN} | certhaven doctor`).stdout;
  assert.match(examined, /exchange-key: .* 0x80090030|exchange-key: .* 0x8009001d/);
  assert.doesNotMatch(examined, /-CAInfo xchg/);
  // The folder is there, the token is not.
  mkdirSync(soft.tokens);
  const recovering = attempt('kra1', `echo ${PIN} | certutil -f -p pfx -recoverkey alice.rec again.pfx`);
  assert.match(recovering.stdout, /0x8009200c/);
  assert.match(recovering.stderr, /The key of .*CN=kra1.* cannot be reached\. No slot holds a token/);
  assert.match(recovering.stderr, /hint: pkcs11-tool/);
  rmdirSync(soft.tokens);
  renameSync(away, soft.tokens);
  // Sealed to the CA it was, and the key that opens it was away: the same file is submitted again.
  run('alice', 'certreq -submit lost.req lost.cer lost.p7b lost.rsp');

  const failed = 'certutil -view -restrict Disposition=30 -out RequestId';
  const rows = [...run('', failed).matchAll(/Request ID: (0x[0-9a-f]+)/g)].map(([, row]) => row);
  assert.match(run('', `certutil -resubmit ${rows.at(-1)}`), /Certificate issued/);
  run('', 'certutil -CRL');
  run('', 'certutil -ca.cert ca.cer && openssl x509 -inform DER -in ca.cer -out ca.pem');
  const list = '"$CERTHAVEN_HOME/CertEnroll/Contoso CA.crl"';
  assert.match(run('', `openssl crl -in ${list} -inform DER -CAfile ca.pem -noout 2>&1`), /verify OK/);
  run('alice', 'certreq -new -q alice.inf back.req && certreq -submit back.req back.cer back.p7b back.rsp');
  assert.match(run('', 'openssl verify -CAfile ca.pem back.cer'), /OK/);
});

test('a CA with its key in a file keeps its exchange keys in a token, and archives by them', () => {
  const typed = `export CERTHAVEN_HOME=${join(soft.directory, 'other')}; echo ${PIN} |`;
  const where = `--module ${soft.module} --token ${TOKEN} --pin-prompt`;
  run('', `${typed} certhaven provider add ${where}`);
  run('', `${typed} certhaven install-ca --name "CN=Other CA" --domain contoso.com --key RSA:2048`);
  run('', `${typed} certutil -setreg 'CA\\EncryptionCSP\\Provider' "${NAME}"`);
  run('', `${typed} certhaven add-user alice --mail alice@contoso.com`);
  run('', `${typed} certhaven template duplicate EFS Mail --archive-key`);
  run('', `${typed} certutil -SetCATemplates +Mail,KeyRecoveryAgent`);
  inf('agent.inf', 'Agent', 'KeyRecoveryAgent');
  run('', `${typed} certreq -new -q agent.inf agent.req; ${typed} certreq -submit agent.req`);
  run('', `${typed} certutil -resubmit 2; ${typed} certreq -retrieve 2 agent.cer`);
  run('', `${typed} certhaven kra agent.cer --use 1`);
  run('alice', `${typed} certreq -new -q alice.inf other.req`);
  assert.match(run('alice', `${typed} certreq -submit other.req other.cer`), /Certificate retrieved\(Issued\)/);
  const keys = run('', `${typed} certutil -csp "${NAME}" -key`);
  assert.match(keys, /^ {2}Other CA-Xchg\(/m);
  assert.doesNotMatch(keys, /^ {2}Other CA$/m);
});
