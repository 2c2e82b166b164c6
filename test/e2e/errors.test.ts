/** docs/errors.md: each fault ends with its code and its hint, and leaves the machine as it was. Its tokens need what soft-token.ts needs. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { HRESULTS, type HresultSymbol } from '#hresult/codes';
import { formatHresult } from '#hresult/format';
import { type Fault, type LeftBehind, parseErrorsDocument } from '#test/support/errors-document';
import { House } from '#test/support/errors-house';
import { compareSnapshots, type Difference } from '#test/support/errors-snapshot';

const ROOT = join(import.meta.dirname, '..', '..');
const PATH = join(ROOT, 'docs', 'errors.md');
const document = parseErrorsDocument(readFileSync(PATH, 'utf8'));
const faults = document.tables.flatMap((table) => table.faults);

describe('docs/errors.md', { concurrency: 2 }, () => {
  let house: House;

  before(async () => {
    house = await House.build(document.house);
  });
  after(() => house.remove());

  test('what is granted is seen', async () => {
    const copy = house.copy('granted');
    const state = copy.snapshot();
    const { status } = await copy.run('alice', 'certreq -submit -attrib CertificateTemplate:EFS efs.req granted.cer');
    assert.equal(status, 0);
    const changed = compareSnapshots(state, copy.snapshot()).map(({ place }) => place);
    for (const place of ['home/ca/ca.db:Certificates', 'home/ca/ca.db:Requests', 'work/granted.cer'])
      assert.ok(changed.includes(place), `${changed}`);
  });

  for (const [index, table] of document.tables.entries()) {
    test(table.heading, async () => {
      const copy = house.copy(`table-${index}`);
      try {
        await copy.follow(table.before);
        const wrong: string[] = [];
        for (const fault of table.faults) wrong.push(...(await faultsOf(copy, fault, table.leaves)));
        assert.equal(wrong.join('\n\n'), '');
      } finally {
        await copy.close();
      }
    });
  }
});

/** What does not hold of a row, so that all rows of a table are told at once. */
async function faultsOf(house: House, fault: Fault, leaves: LeftBehind): Promise<string[]> {
  const state = house.snapshot();
  const { status, stdout, stderr } = await house.run(fault.user, fault.command);
  const where = `docs/errors.md:${fault.line}: ${fault.user}$ ${fault.command}`;
  const wrong: string[] = [];
  if (status !== (codeOf(fault) & 0xff || 1)) wrong.push(`ended with ${status}`);
  if (!`${stdout}${stderr}`.includes(fault.code)) wrong.push(`does not print ${fault.code}`);
  if (!hintPattern(fault.hint).test(stderr)) wrong.push(`does not print hint: ${fault.hint}`);
  wrong.push(...unexpected(compareSnapshots(state, house.snapshot()), leaves, REFUSALS.test(fault.code)));
  return wrong.length > 0 ? [`${where}\n${wrong.join('\n')}\n${stdout}${stderr}`] : [];
}

/** Codes of a call that the caller has no right to. */
const REFUSALS = /^0x(?:80070005|80094008|80094009|80094011)/;

function codeOf({ code }: { code: string }): number {
  return Number(/^0x[0-9a-f]{8}/.exec(code)?.[0]);
}

function hintPattern(hint: string): RegExp {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(
    `^hint: ${hint
      .split(/<[a-z ]+>/)
      .map(literal)
      .join('.+')}$`,
    'm',
  );
}

function unexpected(
  differences: readonly Difference[],
  { disposition, events, audit }: LeftBehind,
  isRefused: boolean,
): string[] {
  const rows = (table: string) => differences.find(({ place }) => place.endsWith(`.db:${table}`))?.added ?? [];
  const ids = (table: string) =>
    rows(table)
      .map((row) => JSON.parse(row) as { eventId: string; outcome?: string })
      // A refused call is on record as a failure of what it would have done, at most once.
      .filter(({ outcome }, index) => !(isRefused && outcome === 'failure' && index === 0))
      .map(({ eventId }) => eventId);
  const requests = rows('Requests').map((row) => JSON.parse(row) as Record<string, string | null>);
  const allowed = /\.db:(?:Requests|Attributes|Events|Audit)$/;
  const wrong = differences
    .filter(({ place, removed }) => !allowed.test(place) || removed.length > 0)
    .map((difference) => `changes ${JSON.stringify(difference)}`);
  const check = (what: string, found: unknown, expected: unknown) => {
    if (JSON.stringify(found) !== JSON.stringify(expected))
      wrong.push(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
  };
  check(
    'dispositions of new requests',
    requests.map((row) => row['Disposition']),
    disposition ? [disposition] : [],
  );
  check('archived keys', requests.filter((row) => row['RawArchivedKey'] !== null).length, 0);
  check('new events', ids('Events'), events);
  check('new audit records', ids('Audit'), audit);
  if (disposition === undefined && rows('Attributes').length > 0) wrong.push('leaves request attributes');
  return wrong;
}

test('each row has a code of the table, as it is printed, and something to do', () => {
  assert.ok(faults.length >= 45, `${faults.length} faults`);
  for (const fault of [...faults, ...document.units.map((unit) => ({ ...unit, cure: '-' }))]) {
    assert.equal(fault.code, formatHresult(codeOf(fault)), `docs/errors.md:${fault.line}`);
    assert.notEqual(fault.cure, '', `docs/errors.md:${fault.line}`);
  }
});

test('faults that no command line shows at will are those of the test named beside them', () => {
  assert.ok(document.units.length > 0);
  for (const unit of document.units) {
    assert.ok(existsSync(join(ROOT, unit.test)), `docs/errors.md:${unit.line}: ${unit.test}`);
    const source = readFileSync(join(ROOT, unit.test), 'utf8');
    const [, number, symbol] = /^(0x[0-9a-f]{8}) .* (\w+)\)$/.exec(unit.code)!;
    assert.ok(source.includes(symbol!) || source.includes(number!), `docs/errors.md:${unit.line}: not in ${unit.test}`);
  }
});

test('every code of the CA that the sources throw is in the document', () => {
  const listed = new Set([...faults, ...document.units].map(codeOf));
  const thrown = new Set<string>();
  for (const name of globSync('src/**/*.ts', { cwd: ROOT, exclude: (path) => path.endsWith('.test.ts') })) {
    const source = readFileSync(join(ROOT, name), 'utf8');
    for (const [, symbol] of source.matchAll(/'(CERTSRV_E_[A-Z_]+)'/g)) thrown.add(symbol!);
  }
  assert.ok(thrown.size > 20);
  const absent = [...thrown].filter((symbol) => !listed.has(HRESULTS[symbol as HresultSymbol][0]));
  assert.deepEqual(absent.sort(), []);
});
