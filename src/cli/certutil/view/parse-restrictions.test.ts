import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInTemplates } from '#ca/template/built-in';
import { parseDate } from './parse-date.ts';
import { parseRestrictions } from './parse-restrictions.ts';

const now = new Date('2026-11-21T07:00:00Z');
const templates = builtInTemplates({ oid: '1.3.6.1.4.1.311.21.8.1.2.3.4.5.6', domainSid: 'S-1-5-21-1-2-3' });
const parse = (text: string) =>
  parseRestrictions(text, { table: 'Requests', now, templates, lastValue: async () => 41 });

test('operators, quoted values with commas, and the order of rows', async () => {
  assert.deepEqual(await parse('Disposition==20, NotAfter<=now+30:12 ,-RequestID,CommonName="Smith, Anna"'), {
    restrictions: [
      { column: 'Request.Disposition', operator: '=', value: 20 },
      { column: 'NotAfter', operator: '<=', value: new Date('2026-12-21T19:00:00Z') },
      { column: 'CommonName', operator: '=', value: 'Smith, Anna' },
    ],
    sort: { column: 'Request.RequestID', descending: true },
  });
  assert.deepEqual((await parse('+NotAfter')).sort, { column: 'NotAfter', descending: false });
  assert.deepEqual(await parse(''), { restrictions: [], sort: undefined });
});

test('the last row and those before it, hashes with blanks, empty columns', async () => {
  const only = async (text: string) => (await parse(text)).restrictions[0];
  assert.deepEqual(await only('RequestId==$'), { column: 'Request.RequestID', operator: '=', value: 41 });
  assert.deepEqual(await only('RequestID>=$-5'), { column: 'Request.RequestID', operator: '>=', value: 36 });
  assert.deepEqual(await only('CertificateHash=AB CD'), { column: 'CertificateHash', operator: '=', value: 'abcd' });
  assert.deepEqual(await only('UPN>""'), { column: 'UPN', operator: '!=', value: null });
  assert.deepEqual(await only('UPN='), { column: 'UPN', operator: '=', value: null });
  // Windows takes \t for a tab here, a documented fault.
  assert.deepEqual(await only('RequesterName=contoso\\twt'), {
    column: 'Request.RequesterName',
    operator: '=',
    value: 'contoso\\twt',
  });
});

test('what cannot be understood is refused', async () => {
  for (const text of ['Disposition', 'Nonsense=1', 'Disposition=x', 'NotAfter=soon', '-Nonsense', 'CRLNumber=1']) {
    await assert.rejects(parse(text), { symbol: 'ERROR_INVALID_PARAMETER' }, text);
  }
});

test('dates as certutil prints them, relative ones, ISO 8601', () => {
  const local = (year: number, month: number, day: number, hours = 0, minutes = 0) =>
    new Date(year, month, day, hours, minutes);
  assert.deepEqual(parseDate('12/31/2026', now), local(2026, 11, 31));
  assert.deepEqual(parseDate('1/2/2026 12:05 AM', now), local(2026, 0, 2, 0, 5));
  assert.deepEqual(parseDate('1/2/2026 5:05 pm', now), local(2026, 0, 2, 17, 5));
  assert.deepEqual(parseDate('now', now), now);
  assert.deepEqual(parseDate('now-1:00', now), new Date('2026-11-20T07:00:00Z'));
  assert.deepEqual(parseDate('2026-11-21T07:00:00Z', now), now);
  for (const text of ['2/31/2026', '13/1/2026', '2026-13-01', 'tomorrow', 'now+5']) {
    assert.throws(() => parseDate(text, now), { symbol: 'ERROR_INVALID_PARAMETER' }, text);
  }
});

test('a sign before a column that is compared, as the reference writes it', async () => {
  assert.deepEqual(await parse('+RequesterName >= a, RequesterName < b'), {
    restrictions: [
      { column: 'Request.RequesterName', operator: '>=', value: 'a' },
      { column: 'Request.RequesterName', operator: '<', value: 'b' },
    ],
    sort: { column: 'Request.RequesterName', descending: false },
  });
  assert.deepEqual(await parse('-RequesterName > DOMAIN, Disposition = 21'), {
    restrictions: [
      { column: 'Request.RequesterName', operator: '>', value: 'DOMAIN' },
      { column: 'Request.Disposition', operator: '=', value: 21 },
    ],
    sort: { column: 'Request.RequesterName', descending: true },
  });
});

test('dispositions and reasons by name', async () => {
  const values = async (text: string) => (await parse(text)).restrictions.map(({ value }) => value);
  assert.deepEqual(await values('Disposition=Issued,Disposition=pending,Disposition=CA_CERT'), [20, 9, 15]);
  assert.deepEqual(await values('Disposition=foreign certificate,RevokedReason=KeyCompromise'), [12, 1]);
  await assert.rejects(parse('Disposition=Lost'), { symbol: 'ERROR_INVALID_PARAMETER' });
  await assert.rejects(parse('RequestID=Issued'), { symbol: 'ERROR_INVALID_PARAMETER' });
});

test('templates by name, display name and OID, whichever of them the rows hold', async () => {
  const stored = async (typed: string) => (await parse(`CertificateTemplate=${typed}`)).restrictions[0]!.value;
  const { oid } = templates.find(({ cn }) => cn === 'Workstation')!;
  for (const typed of ['Workstation', 'workstation', '"Workstation Authentication"', oid])
    assert.equal(await stored(typed), oid, typed);
  const { oid: first } = templates.find(({ cn }) => cn === 'EFS')!;
  for (const typed of ['EFS', 'efs', 'basic efs', first]) assert.equal(await stored(typed), 'EFS', typed);
  assert.equal(await stored('Deleted'), 'Deleted');
  assert.equal(await stored('1.3.6.1.4.1.311.21.8.9'), '1.3.6.1.4.1.311.21.8.9');
  assert.equal(await stored(''), null);
});

test('columns by the name of their table', async () => {
  const columns = async (text: string) => (await parse(text)).restrictions.map(({ column }) => column);
  assert.deepEqual(await columns('Request.CommonName=a,Certificate.CommonName=a,request.requestid=1,RequestID=1'), [
    'Request.CommonName',
    'CommonName',
    'Request.RequestID',
    'Request.RequestID',
  ]);
});

test('dates that lie so far from one', async () => {
  const value = async (text: string) =>
    ((await parse(`NotAfter<${text}`)).restrictions[0]!.value as Date).toISOString();
  assert.equal(await value('2026-12-31T00:00:00Z+1:12'), '2027-01-01T12:00:00.000Z');
  assert.equal(await value('now-1:00'), '2026-11-20T07:00:00.000Z');
  assert.equal(await value('"2026-12-31T00:00:00Z - 0:01"'), '2026-12-30T23:00:00.000Z');
  assert.equal(await value('+1:00'), '2026-11-22T07:00:00.000Z');
  assert.equal(await value('-0:12'), '2026-11-20T19:00:00.000Z');
});
