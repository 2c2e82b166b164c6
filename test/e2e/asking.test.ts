/** Who only asks leaves no trace: no home, no key set, no row, no file. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { compareSnapshots, takeSnapshot } from '#test/support/errors-snapshot';
import { PROGRAM } from '../support/program.ts';

const QUESTIONS: readonly string[] = [
  'certutil -?',
  'certutil -dump',
  'certutil -ping',
  'certutil -pingadmin',
  'certutil -getconfig',
  'certutil -CAInfo',
  'certutil -CAInfo certcrlchain',
  'certutil -CATemplates',
  'certutil -Template',
  'certutil -template EFS',
  'certutil -DS',
  'certutil -view',
  'certutil -view Log',
  'certutil -schema',
  'certutil -getreg CA',
  'certutil -verifykeys',
  'certutil -store My',
  'certutil -user -store My',
  'certutil -store Root',
  'certutil -user -verifykeys nothing.cer',
  'certutil -user -dump letter.txt',
  'certutil -asn letter.txt',
  'certutil -hashfile letter.txt',
  'certutil -getkey Administrator',
  'certutil -user -recoverkey letter.txt out.pfx',
  'certutil -user -p x -importPFX letter.txt',
  'certutil -user -p x -exportPFX nobody out.pfx',
  'certreq -retrieve 99 out.cer',
  'certreq -accept letter.txt',
  'certreq -new letter.txt out.req',
  'certhaven whoami',
  'certhaven audit',
  'certhaven help',
  'certhaven reg',
  'certhaven reg export HKLM\\SOFTWARE out.reg',
  'certhaven template show EFS',
  'certhaven logon CONTOSO\\nobody',
  'certhaven install-ca',
  'certhaven install-ca --name "CN=CA" --key RSA:17',
  'certhaven install-ca --name "CN=CA" --provider Nonesuch',
  'certhaven install-ca --name "CN=,O=Contoso"',
  'certhaven install-ca --name "C=Germany,CN=CA"',
  'certhaven install-ca --name CA --domain "no domain"',
  'certhaven install-ca --name CA --netbios a/b',
];

/** What nobody else is answered. */
const MANAGERS_QUESTIONS: readonly string[] = [
  'certutil -getkey Administrator',
  'certutil -view Log',
  'certutil -verifykeys',
  'certutil -store My',
  'certutil -user -store My',
  'certhaven audit',
  'certhaven reg import letter.txt',
  'certhaven migrate keys --to KSP',
];

describe('who only asks', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'certhaven-asking-'));
    writeFileSync(join(folder, 'letter.txt'), 'The spare key is under the third flowerpot.\n');
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (home: string, user: string, command: string) =>
    spawnSync(process.execPath, [PROGRAM, ...words(command)], {
      cwd: folder,
      input: '',
      encoding: 'utf8',
      env: {
        ...process.env,
        CERTHAVEN_HOME: join(folder, home),
        CERTHAVEN_USER: user && `CONTOSO\\${user}`,
        CERTHAVEN_MACHINE: 'ca01.contoso.com',
      },
    });

  test('makes no home', () => {
    for (const question of QUESTIONS) {
      assert.notEqual(run('nowhere', '', question).status, null, question);
      assert.ok(!existsSync(join(folder, 'nowhere')), question);
    }
  });

  test('changes nothing where a CA is', () => {
    for (const command of [
      'certhaven install-ca --name CN=CA --domain contoso.com --key RSA:2048',
      'certhaven add-user alice --mail alice@contoso.com',
    ])
      assert.equal(run('house', '', command).status, 0, command);
    let state = takeSnapshot(folder);
    const asked = [
      ...QUESTIONS.map((question) => ['alice', question] as const),
      ...MANAGERS_QUESTIONS.map((question) => ['Administrator', question] as const),
    ];
    for (const [user, question] of asked) {
      run('house', user, question);
      const now = takeSnapshot(folder);
      assert.deepEqual(compareSnapshots(state, now), [], `${user}: ${question}`);
      state = now;
    }
  });
});

/** `certhaven` itself is the program. */
function words(command: string): string[] {
  const all = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
  return all[0] === 'certhaven' ? all.slice(1) : all;
}
