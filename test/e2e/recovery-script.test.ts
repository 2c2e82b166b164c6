/** `certutil -v -getkey TOKEN > script`: the script is run as it was printed, by the shell. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { House, type Outcome } from '#test/support/errors-house';
import { parseWalkthrough } from '#test/support/walkthrough';

/** kra1 manages certificates too. Bob's keys open with either agent's key, of Alice's the one with kra1's, the other with kra2's. */
const HOUSE = `
\`\`\`text kra.inf
[Version]
Signature= "$Windows NT$"
[NewRequest]
Subject = "CN=Key Recovery Agent"
[RequestAttributes]
CertificateTemplate = KeyRecoveryAgent
\`\`\`
\`\`\`text mail.inf
[Version]
Signature= "$Windows NT$"
[NewRequest]
Subject = "CN=Mail"
PrivateKeyArchive = TRUE
[RequestAttributes]
CertificateTemplate = Mail
\`\`\`
\`\`\`console
admin$ certhaven install-ca --name "CN=Contoso CA,O=Contoso" --domain contoso.com
admin$ for name in alice bob kra1 kra2; do certhaven add-user $name --mail $name@contoso.com; done
admin$ certhaven permit CONTOSO\\\\kra1 manage-certificates
admin$ for name in kra1 kra2; do certhaven template permit KeyRecoveryAgent CONTOSO\\\\$name read enroll; done
admin$ certhaven template duplicate EFS Mail --archive-key
admin$ certutil -SetCATemplates +KeyRecoveryAgent,Mail
kra1$ certreq -new -q kra.inf kra1.req && certreq -submit kra1.req && certutil -resubmit 2
kra2$ certreq -new -q kra.inf kra2.req && certreq -submit kra2.req
kra1$ certutil -resubmit 3 && certreq -retrieve 2 kra1.cer && certreq -accept kra1.cer
kra2$ certreq -retrieve 3 kra2.cer && certreq -accept kra2.cer
admin$ certhaven kra kra1.cer kra2.cer --use 2
bob$ for n in 1 2; do certreq -new -q mail.inf bob$n.req && certreq -submit bob$n.req bob$n.cer bob$n.p7b bob$n.rsp; done
admin$ certhaven kra kra1.cer --use 1
alice$ certreq -new -q mail.inf alice1.req && certreq -submit alice1.req alice1.cer alice1.p7b alice1.rsp
admin$ certhaven kra kra2.cer --use 1
alice$ certreq -new -q mail.inf alice2.req && certreq -submit alice2.req alice2.cer alice2.p7b alice2.rsp
admin$ certhaven kra kra1.cer kra2.cer --use 1
\`\`\`
`;

let house: House;
before(async () => {
  house = await House.build(parseWalkthrough(HOUSE));
});
after(() => house.remove());

async function ok(user: string, command: string): Promise<Outcome> {
  const outcome = await house.run(user, command);
  assert.equal(outcome.status, 0, `${user}$ ${command}\n${outcome.stdout}${outcome.stderr}`);
  return outcome;
}

/** What the shell makes of a script, and what it leaves in the folder for files in between. */
async function runScript(user: string, script: string): Promise<Outcome & { readonly left: string }> {
  const outcome = await house.run(user, `mkdir -p tmp && TMPDIR="$PWD/tmp" sh ${script}`);
  return { ...outcome, left: (await ok('admin', 'ls -A tmp')).stdout };
}

/** `status` of -getkey: several keys are ambiguous, and the script is printed all the same (document 004). */
async function print(user: string, token: string, status: number): Promise<void> {
  const { status: ended, stderr } = await house.run(user, `certutil -v -getkey ${token} > ${token}.sh`);
  assert.equal(ended, status, stderr);
}

async function keysIn(pfx: string, { stdout }: Outcome): Promise<number> {
  const password = /^PASSWORD: "(.{16})"$/m.exec(stdout)?.[1];
  assert.ok(password, stdout);
  assert.equal((await ok('admin', `stat -c %a ${pfx}`)).stdout, '600\n');
  const read = await ok('admin', `openssl pkcs12 -in ${pfx} -nodes -passin 'pass:${password}'`);
  return read.stdout.match(/BEGIN PRIVATE KEY/g)?.length ?? 0;
}

async function retrievals(): Promise<number> {
  return (await ok('admin', 'certhaven audit')).stdout.match(/\b4883\b/g)?.length ?? 0;
}

test('several keys: one PFX file of them all, its password told, nothing left behind', async () => {
  await print('kra1', 'bob', 0x2c);
  const outcome = await runScript('kra1', 'bob.sh');
  assert.equal(outcome.status, 0, `${outcome.stdout}${outcome.stderr}`);
  assert.equal(outcome.left, '');
  assert.equal(await keysIn('bob.p12', outcome), 2);
  assert.match(outcome.stdout, /^Version 3 certificates and keys:$/m);
  assert.equal((await ok('admin', 'ls | grep -c "\\.rec$" || true')).stdout, '0\n');
  await ok('admin', 'rm bob.p12');
});

test('its passwords are in no list of processes', async () => {
  await print('kra1', 'bob', 0x2c);
  const passwords = [...(await ok('admin', 'cat bob.sh')).stdout.matchAll(/^<<'END'$|^(\S{16})(?:,(\S{16}))?$/gm)];
  const secrets = passwords.flatMap(([, one, two]) => [one, two]).filter((text) => text !== undefined);
  assert.equal(new Set(secrets).size, 2);
  let running = true;
  const script = runScript('kra1', 'bob.sh').finally(() => {
    running = false;
  });
  const seen = new Set<string>();
  while (running) {
    for (const line of commandLines()) seen.add(line);
    await delay(5);
  }
  assert.equal((await script).status, 0);
  const all = [...seen];
  assert.ok(all.some((line) => line.includes('-recoverkey')) && all.some((line) => line.includes('-MergePFX')));
  for (const secret of secrets)
    assert.deepEqual(
      all.filter((line) => line.includes(secret)),
      [],
    );
  await ok('admin', 'rm bob.p12');
});

test("a key that opens with another agent's key: the others are recovered, and the script says so", async () => {
  await print('kra1', 'alice', 0x2c);
  const outcome = await runScript('kra1', 'alice.sh');
  // CRYPT_E_NO_DECRYPT_CERT
  assert.equal(outcome.status, 0x0c, `${outcome.stdout}${outcome.stderr}`);
  assert.equal(outcome.left, '');
  assert.equal(outcome.stderr.match(/^NOT RECOVERED: [0-9a-f]+$/gm)?.length, 1);
  assert.equal(await keysIn('alice.p12', outcome), 1);
  await ok('admin', 'rm alice.p12');
});

test('one key: the script and success; whoever may not retrieve or has no key recovers nothing', async () => {
  const serial = (await ok('admin', 'openssl x509 -in bob1.cer -noout -serial')).stdout.trim().slice('serial='.length);
  await ok('kra1', `certutil -v -getkey ${serial} > one.sh`);
  const outcome = await runScript('kra1', 'one.sh');
  assert.equal(await keysIn('bob.p12', outcome), 1);
  await ok('admin', 'rm bob.p12');
  for (const [user, code] of [
    ['kra2', 5],
    ['admin', 0x0c],
  ] as const) {
    const refused = await runScript(user, 'one.sh');
    assert.equal(refused.status, code, `${refused.stdout}${refused.stderr}`);
    assert.equal(refused.left, '');
    assert.doesNotMatch(refused.stdout, /PASSWORD/);
    assert.equal((await house.run('admin', 'ls bob.p12')).status, 2);
  }
});

test('a PFX file of the name stands in the way: nothing is retrieved', async () => {
  await print('kra1', 'bob', 0x2c);
  await ok('admin', 'echo mine > bob.p12');
  const before = await retrievals();
  const outcome = await runScript('kra1', 'bob.sh');
  assert.equal(outcome.status, 80);
  assert.match(outcome.stderr, /bob\.p12 is there already/);
  assert.equal(outcome.left, '');
  assert.equal(await retrievals(), before);
  assert.equal((await ok('admin', 'cat bob.p12')).stdout, 'mine\n');
  await ok('admin', 'rm bob.p12');
});

test('ended by a signal: nothing is left behind', async () => {
  await print('kra1', 'bob', 0x2c);
  // Once the first key lies in the folder.
  const command = `mkdir -p tmp; TMPDIR="$PWD/tmp" sh bob.sh > signal.out 2>&1 & script=$!
    while kill -0 $script && ! ls tmp/*/*.p12 > /dev/null 2>&1; do sleep 0.02; done
    kill -TERM $script; wait $script; echo "ended with $?"; ls -A tmp; ls bob.p12 2> /dev/null`;
  const { stdout } = await house.run('kra1', command);
  assert.equal(stdout, 'ended with 143\n');
});

test('the disk is full, for what lies between or for the PFX file: 0x80070070, and nothing is left behind', {
  skip: spawnSync('unshare', ['-rm', 'true']).status === 0 ? false : 'no file system of its own can be mounted',
}, async () => {
  await print('kra1', 'bob', 0x2c);
  // 16 KiB hold the passwords and one BLOB; 4 KiB no PFX file of two keys.
  const full = (folder: string, size: string, run: string) =>
    house.run(
      'kra1',
      `mkdir -p tmp full && unshare -rm sh -c 'mount -t tmpfs -o size=${size} full ${folder} &&
        { ${run} > full.out; echo "ended with $?"; ls -A tmp; ls -A full; }'; ls bob.p12 2> /dev/null`,
    );
  const between = await full('tmp', '16k', 'TMPDIR="$PWD/tmp" sh bob.sh');
  assert.equal(between.stdout, 'ended with 112\n', between.stderr);
  assert.match(between.stderr, /NOT RECOVERED/);
  const merged = await full('full', '4k', '(cd full && TMPDIR="$PWD/../tmp" sh ../bob.sh)');
  assert.equal(merged.stdout, 'ended with 112\n', merged.stderr);
  assert.doesNotMatch(merged.stderr, /NOT RECOVERED/);
});

test('the newer forms: a script in a file, the BLOBs, the PFX in one step', async () => {
  await ok('kra1', 'certutil -getkey bob script recover-bob.sh');
  assert.equal((await ok('admin', 'stat -c %a recover-bob.sh')).stdout, '700\n');
  const outcome = await house.run('kra1', './recover-bob.sh');
  assert.equal(await keysIn('bob.p12', outcome), 2);
  await ok('kra1', 'certutil -getkey alice retrieve alice.out');
  const blobs = (await ok('admin', 'ls alice-*.rec')).stdout.trim().split('\n');
  assert.equal(blobs.length, 2);
  await ok('kra1', 'printf "Flowerpot-3\\n" > password');
  await ok('kra1', 'certutil -p @password -getkey bob recover both');
  const read = await ok('admin', 'openssl pkcs12 -in both.p12 -nodes -passin pass:Flowerpot-3');
  assert.equal(read.stdout.match(/BEGIN PRIVATE KEY/g)?.length, 2);
  assert.equal((await ok('admin', 'stat -c %a both.p12')).stdout, '600\n');
  // One of Alice's keys opens with kra2's key alone: no file of half of them.
  const refused = await house.run('kra1', 'certutil -p @password -getkey alice recover half');
  assert.equal(refused.status, 0x0c);
  assert.equal((await house.run('admin', 'ls half.p12')).status, 2);
  await ok(
    'kra1',
    `certutil -p @password -recoverkey -user ${blobs[0]} first.p12 || certutil -p @password -recoverkey -user ${blobs[1]} first.p12`,
  );
  await ok('kra1', 'certutil -getkey bob retrieve bob');
  await ok('kra1', `certutil -p @password -recoverkey -user "$(ls bob-*.rec | paste -sd,)" several.p12`);
  const several = await ok('admin', 'openssl pkcs12 -in several.p12 -nodes -passin pass:Flowerpot-3');
  assert.equal(several.stdout.match(/BEGIN PRIVATE KEY/g)?.length, 2);
});

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        // It has ended meanwhile.
        return '';
      }
    });
}
