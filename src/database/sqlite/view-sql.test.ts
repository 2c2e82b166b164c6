import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { ViewQuery } from '#ca/ports';
import { createSchema } from '../schema/ddl.ts';
import { planView } from '../view-plan.ts';
import { SQLITE } from './dialect.ts';
import { FOLD_UNICODE, viewSql } from './view-sql.ts';

const connection = new DatabaseSync(':memory:');
for (const statement of createSchema(SQLITE)) connection.exec(statement);
connection.function(FOLD_UNICODE, { deterministic: true }, (text) => text as string);

function queryPlan(query: Omit<ViewQuery, 'table'>): string {
  const { sql, parameters } = viewSql(planView({ table: 'Requests', columns: ['Request.RequestID'], ...query }));
  return connection
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...parameters)
    .map(({ detail }) => detail)
    .join('; ');
}

test('what views look for is found by index', () => {
  for (const [column, value, index] of [
    ['SerialNumber', '0a', 'Certificates_SerialNumber'],
    ['UPN', 'bob@contoso.com', 'Certificates_UPN'],
    ['CommonName', 'bob', 'Certificates_CommonName'],
    ['CertificateHash', 'ab', 'Certificates_CertificateHash'],
    ['Request.RequesterName', 'CONTOSO\\bob', 'Requests_RequesterName'],
    ['Request.Disposition', 9, 'Requests_Disposition'],
    ['Request.EndorsementKeyHash', 'ab', 'Requests_EndorsementKeyHash'],
    ['Request.RevokedEffectiveWhen', new Date(0), 'Requests_RevokedEffectiveWhen'],
  ] as const) {
    const plan = queryPlan({ restrictions: [{ column, operator: '=', value }] });
    assert.match(plan, new RegExp(`^SEARCH \\w+ USING (COVERING )?INDEX ${index} `), plan);
    assert.doesNotMatch(plan, /SCAN/);
  }
});

test('beside what is rare, the index of a column in which millions are alike is left alone', () => {
  const issued = { column: 'Request.Disposition', operator: '=', value: 20 } as const;
  const template = { column: 'CertificateTemplate', operator: '=', value: 'User' } as const;
  for (const [rare, index] of [
    [[{ column: 'Request.RequesterName', operator: '=', value: 'CONTOSO\\bob' }], 'Requests_RequesterName'],
    [[{ column: 'CommonName', operator: '=', value: 'bob' }], 'Certificates_CommonName'],
    [
      [
        { column: 'CommonName', operator: '>=', value: 'bob\n' },
        { column: 'CommonName', operator: '<', value: 'bob\u000b' },
      ],
      'Certificates_CommonName',
    ],
    [[{ column: 'SerialNumber', operator: '=', value: '0a' }], 'Certificates_SerialNumber'],
  ] as const) {
    const plan = queryPlan({ restrictions: [issued, template, ...rare] });
    assert.match(plan, new RegExp(`^SEARCH \\w+ USING (COVERING )?INDEX ${index} `), plan);
    assert.doesNotMatch(plan, /SCAN/);
  }
  for (const RequestID of ['Request.RequestID', 'RequestID']) {
    const plan = queryPlan({ restrictions: [issued, { column: RequestID, operator: '=', value: 5 }] });
    assert.match(plan, /^SEARCH Requests USING INTEGER PRIMARY KEY/);
  }
  // The next CRL: of the revoked ones those that live.
  const living = { column: 'NotAfter', operator: '>', value: new Date(0) } as const;
  assert.match(queryPlan({ restrictions: [{ ...issued, value: 21 }, living] }), /INDEX Requests_Disposition/);
});

test('the newest and the first rows are read off an index, without a sort', () => {
  for (const descending of [true, false]) {
    const plan = queryPlan({ sort: { column: 'SubmittedWhen', descending }, limit: 10 });
    assert.equal(plan, 'SCAN Requests USING COVERING INDEX Requests_SubmittedWhen');
  }
  assert.doesNotMatch(queryPlan({ limit: 10 }), /TEMP B-TREE/);
});

test('columns nobody asked for are not read, and certificates only where they matter', () => {
  const { sql } = viewSql(planView({ table: 'Requests', columns: ['Request.RequestID', 'Disposition'] }));
  assert.match(sql, /^SELECT "Requests"."RequestID", "Requests"."Disposition" FROM/);
  assert.doesNotMatch(queryPlan({ columns: ['Disposition'] }), /Certificates/);
});

test('values are bound, never written into the text', () => {
  const restrictions = [
    { column: 'UPN', operator: '=', value: `x' OR '1'='1` },
    { column: 'CommonName', operator: '>=', value: 'É"; --' },
    { column: 'NotAfter', operator: '<', value: new Date(5) },
  ] as const;
  const { sql, parameters } = viewSql(planView({ table: 'Requests', columns: ['UPN'], restrictions, limit: 3 }));
  assert.deepEqual(parameters, [`x' OR '1'='1`, 'é"; --', 5, 3]);
  assert.doesNotMatch(sql, /'/);
});
