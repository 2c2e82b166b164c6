import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { openEmbeddedDirectory } from './open-embedded-directory.ts';

const MODULE = new URL('./open-embedded-directory.ts', import.meta.url).href;
const SHARED = 'CN=NTAuthCertificates,CN=Public Key Services,CN=Services,CN=Configuration,DC=contoso,DC=com';

/** Opens or makes the directory, then adds people and values, saying each name once it is on the disk. */
const WRITER = `
const { openEmbeddedDirectory } = await import(${JSON.stringify(MODULE)});
const [path, name, count] = process.argv.slice(1);
const directory = openEmbeddedDirectory({ path });
await directory.install('contoso.com', 'CONTOSO').catch((error) => {
  if (error.symbol !== 'ERROR_ALREADY_EXISTS') throw error;
});
for (let i = 0; i < Number(count); i++) {
  const accountName = name + '-' + i;
  await directory.addUser({ accountName, memberOf: ['Cert Publishers'] });
  await directory.addValues(${JSON.stringify(SHARED)}, 'cACertificate', [new TextEncoder().encode(accountName)]);
  console.log(accountName);
}
await directory.close();
`;

interface Writer {
  readonly said: string[];
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
}

/** Killed without warning once it has said `killAfter` names. */
function startWriter(path: string, name: string, count: number, killAfter = Number.POSITIVE_INFINITY): Writer {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', WRITER, path, name, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(line);
    if (said.length === killAfter) child.kill('SIGKILL');
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  return { said, ended };
}

function temporary(t: { after(work: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'directory-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'directory.db');
}

test('several processes make and write it, two are killed: what was said is there, whole', async (t) => {
  const path = temporary(t);
  const writers = [
    startWriter(path, 'a', 12),
    startWriter(path, 'b', 12),
    startWriter(path, 'c', 10_000, 3),
    startWriter(path, 'd', 10_000, 7),
  ];
  const ends = await Promise.all(writers.map(({ ended }) => ended));
  assert.deepEqual(
    ends.map(({ code, signal }) => code ?? signal),
    [0, 0, 'SIGKILL', 'SIGKILL'],
  );
  const said = writers.flatMap((writer) => writer.said);
  assert.ok(said.length >= 12 + 12 + 3 + 7);

  const directory = openEmbeddedDirectory({ path });
  const people = (await directory.children('CN=Users,DC=contoso,DC=com')).filter(({ attributes }) =>
    /^[a-d]-\d+$/.test(String(attributes.get('sAMAccountName')?.[0])),
  );
  const names = people.map(({ attributes }) => String(attributes.get('sAMAccountName')?.[0]));
  for (const name of said) assert.ok(names.includes(name), name);
  // A killed process may have written one person it did not live to say; even that one is whole.
  assert.ok(names.length <= said.length + 2);
  for (const { attributes } of people) assert.equal(attributes.get('memberOf')?.length, 1);
  const sids = new Set(
    (await Promise.all(names.map((name) => directory.findPrincipals(name)))).map((found) => found[0]?.sid),
  );
  assert.equal(sids.size, names.length);
  const values = (await directory.object(SHARED))?.attributes.get('cACertificate') ?? [];
  const stored = new Set(values.map((value) => new TextDecoder().decode(value as Uint8Array)));
  for (const name of said) assert.ok(stored.has(name), name);
  await directory.close();
  assert.equal(
    execFileSync('sqlite3', [path, 'PRAGMA integrity_check; PRAGMA journal_mode;'], { encoding: 'utf8' }),
    'ok\nwal\n',
  );
  if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('it stays after closing, and sees what another handle writes', async (t) => {
  const path = temporary(t);
  const first = openEmbeddedDirectory({ path });
  const second = openEmbeddedDirectory({ path });
  await first.install('contoso.com', 'CONTOSO');
  assert.equal(second.isInstalled, true);
  assert.equal(second.domain.sid, first.domain.sid);
  await second.addUser({ accountName: 'u' });
  assert.equal((await first.findPrincipals('u')).length, 1);
  await first.close();
  await second.close();
  const again = openEmbeddedDirectory({ path });
  assert.equal((await again.findPrincipals('CONTOSO\\u')).length, 1);
  await again.close();
});

test('the groups of somebody are found anew once any process changes a membership', async (t) => {
  const path = temporary(t);
  const first = openEmbeddedDirectory({ path });
  await first.install('contoso.com', 'CONTOSO');
  const second = openEmbeddedDirectory({ path });
  const { sid } = await first.addUser({ accountName: 'u' });
  const inner = await first.addGroup({ accountName: 'inner' });
  const outer = await first.addGroup({ accountName: 'outer' });
  const holds = async (group: string) => (await first.findPrincipals(sid))[0]!.groupSids.includes(group);
  assert.equal(await holds(inner.sid), false);
  await second.addMember('CONTOSO\\inner', 'CONTOSO\\u');
  assert.equal(await holds(inner.sid), true);
  await second.addMember('CONTOSO\\outer', 'CONTOSO\\inner');
  assert.equal(await holds(outer.sid), true);
  const [group] = await second.findPrincipals('CONTOSO\\inner');
  await second.remove(group!.object.distinguishedName);
  assert.deepEqual([await holds(inner.sid), await holds(outer.sid)], [false, false]);
  await first.close();
  await second.close();
});

test('changes made by a thread: on the disk with the answer, together, and each fails alone', async (t) => {
  const path = temporary(t);
  const directory = openEmbeddedDirectory({ path, threaded: true });
  await directory.install('contoso.com', 'CONTOSO');
  const { object } = await directory.addUser({ accountName: 'u' });
  const dn = object.distinguishedName;
  const before = await directory.changeNumber(dn);
  const configuration = await directory.changeNumber(directory.configurationDN);
  const outcomes = await Promise.allSettled([
    ...Array.from({ length: 20 }, (_, n) => directory.addValues(dn, 'userCertificate', [Uint8Array.of(n)])),
    directory.addValues('CN=nobody,CN=Users,DC=contoso,DC=com', 'mail', ['x']),
    directory.put('CN=made,CN=Users,DC=contoso,DC=com', new Map([['objectClass', ['container']]])),
    directory.remove('CN=Users,DC=contoso,DC=com'),
    directory.addValues(SHARED, 'cACertificate', [Uint8Array.of(1)]),
  ]);
  const errors = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.symbol : ''));
  assert.deepEqual(
    errors.filter((symbol) => symbol !== ''),
    ['ERROR_DS_OBJ_NOT_FOUND', 'ERROR_DIR_NOT_EMPTY'],
  );
  assert.equal((await directory.object(dn))!.attributes.get('userCertificate')!.length, 20);
  assert.ok(await directory.object('CN=made,CN=Users,DC=contoso,DC=com'));
  assert.notEqual(await directory.changeNumber(dn), before);
  assert.notEqual(await directory.changeNumber(directory.configurationDN), configuration);
  const last = directory.remove('CN=made,CN=Users,DC=contoso,DC=com');
  await directory.close();
  await last;
  const again = openEmbeddedDirectory({ path });
  assert.equal(await again.object('CN=made,CN=Users,DC=contoso,DC=com'), undefined);
  await again.close();
});

test('a file of the first version is brought to the present one', async (t) => {
  const path = temporary(t);
  const made = openEmbeddedDirectory({ path });
  await made.install('contoso.com', 'CONTOSO');
  await made.addUser({ accountName: 'u' });
  await made.close();
  const triggers = ['insert', 'update', 'delete'].map((event) => `DROP TRIGGER membership_${event};`).join(' ');
  execFileSync('sqlite3', [path, `${triggers} PRAGMA user_version = 1`]);
  const opened = openEmbeddedDirectory({ path });
  const group = await opened.addGroup({ accountName: 'g' });
  assert.ok(!(await opened.findPrincipals('u'))[0]!.groupSids.includes(group.sid));
  await opened.addMember('CONTOSO\\g', 'CONTOSO\\u');
  assert.ok((await opened.findPrincipals('u'))[0]!.groupSids.includes(group.sid));
  await opened.close();
});

test('a file whose long values had no key finds them once it is opened', async (t) => {
  const path = temporary(t);
  const dn = 'CN=u,CN=Users,DC=contoso,DC=com';
  const certificates = [1, 2, 3].map((byte) => new Uint8Array(2000).fill(byte));
  const made = openEmbeddedDirectory({ path });
  await made.install('contoso.com', 'CONTOSO');
  await made.addUser({ accountName: 'u' });
  await made.put(
    dn,
    new Map([
      ['cn', ['u']],
      ['info', ['x'.repeat(1025)]],
    ]),
  );
  await made.addValues(dn, 'userCertificate', certificates.slice(0, 2));
  await made.close();
  const withoutKey = () =>
    execFileSync('sqlite3', [path, 'SELECT count(*) FROM attribute_values WHERE key IS NULL'], { encoding: 'utf8' });
  execFileSync('sqlite3', [
    path,
    'UPDATE attribute_values SET key = NULL WHERE length(value) > 1024; PRAGMA user_version = 2',
  ]);
  assert.notEqual(withoutKey(), '0\n');
  const opened = openEmbeddedDirectory({ path });
  await opened.addValues(dn, 'userCertificate', certificates);
  const kept = (await opened.object(dn))!.attributes;
  assert.deepEqual(kept.get('userCertificate'), certificates);
  await opened.addValues(dn, 'info', ['x'.repeat(1025), 'X'.repeat(1025)]);
  assert.deepEqual((await opened.object(dn))!.attributes.get('info'), ['x'.repeat(1025), 'X'.repeat(1025)]);
  await opened.close();
  assert.equal(withoutKey(), '0\n');
});

test('files that are no directory are refused and left alone', (t) => {
  const path = temporary(t);
  writeFileSync(path, 'this is a text file, long enough to be taken for something else '.repeat(100));
  const size = statSync(path).size;
  assert.throws(
    () => openEmbeddedDirectory({ path }),
    (error) => isHresult(error, 'ERROR_INVALID_DATA'),
  );
  assert.equal(statSync(path).size, size);
  const foreign = `${path}.other`;
  execFileSync('sqlite3', [foreign, 'CREATE TABLE t (a)']);
  assert.throws(
    () => openEmbeddedDirectory({ path: foreign }),
    (error) => isHresult(error, 'ERROR_INVALID_DATA'),
  );
  assert.equal(
    execFileSync('sqlite3', [foreign, 'SELECT name FROM sqlite_schema; PRAGMA journal_mode'], { encoding: 'utf8' }),
    't\ndelete\n',
  );
  assert.throws(
    () => openEmbeddedDirectory({ path: `${path}/x` }),
    (error) => isHresult(error, 'ERROR_PATH_NOT_FOUND'),
  );
  assert.throws(
    () => openEmbeddedDirectory({ path: `${path}.folder/x` }),
    (error) => isHresult(error, 'ERROR_PATH_NOT_FOUND'),
  );
});
