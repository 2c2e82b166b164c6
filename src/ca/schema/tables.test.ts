import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CPF,
  CR_FLG,
  CR_IN,
  DB_DISP,
  DISPOSITION_TEXTS,
  REQUEST_FLAG_TEXTS,
  REQUEST_TYPE_TEXTS,
} from './dispositions.ts';
import { EXTENSION_ORIGIN, EXTENSION_ORIGIN_MASK, EXTENSION_ORIGIN_TEXTS } from './extension-flags.ts';
import { columnOf, TABLE_COLUMNS, TABLES } from './tables.ts';

test('the tables are as long as published and their ids run on without gaps', () => {
  const shape = Object.entries(TABLES).map(([table, columns]) => [table, columns[0]!.id, columns.length]);
  assert.deepEqual(shape, [
    ['Requests', 0x1000, 45],
    ['Certificates', 0x2000, 36],
    ['Extensions', 0x4000, 4],
    ['Attributes', 0x3000, 3],
    ['CRLs', 0x5000, 18],
  ]);
  for (const columns of Object.values(TABLES)) {
    assert.deepEqual(
      columns.map(({ id }) => id),
      columns.map((_, index) => columns[0]!.id + index),
    );
    for (const { type, maxLength } of columns) {
      if (type === 'long') assert.equal(maxLength, 4);
      if (type === 'date') assert.equal(maxLength, 8);
    }
  }
});

test('rows that a Windows Server 2019 CA lists', () => {
  const printed = (name: string) => {
    const { printedName, column } = columnOf(name)!;
    return `${printedName} | ${column.displayName} | ${column.type} ${column.maxLength}${column.indexed ? ' -- Indexed' : ''}`;
  };
  assert.equal(printed('Request.RequestID'), 'Request.RequestID | Request ID | long 4 -- Indexed');
  assert.equal(printed('Request.RawRequest'), 'Request.RawRequest | Binary Request | binary 65536');
  assert.equal(printed('request.submittedwhen'), 'Request.SubmittedWhen | Request Submission Date | date 8 -- Indexed');
  assert.equal(printed('Request.EMail'), 'Request.EMail | Request Email Address | string 8192');
  assert.equal(
    printed('Request.EndorsementKeyHash'),
    'Request.EndorsementKeyHash | Endorsement Key Hash | string 144 -- Indexed',
  );
  assert.equal(printed('SerialNumber'), 'SerialNumber | Serial Number | string 128 -- Indexed');
  assert.equal(printed('privatekeyflags'), 'PrivatekeyFlags | Template Private Key Flags | long 4');
  assert.equal(printed('CommonName'), 'CommonName | Issued Common Name | string 8192 -- Indexed');
  assert.equal(printed('ExtensionRawValue'), 'ExtensionRawValue | Extension Raw Value | binary 4096');
  assert.equal(printed('AttributeValue'), 'AttributeValue | Attribute Value | string 8192');
  assert.equal(printed('CRLRawCRL'), 'CRLRawCRL | CRL Raw CRL | binary 536870912');
});

test('the indexed columns', () => {
  assert.deepEqual(
    TABLE_COLUMNS.filter(({ column }) => column.indexed).map(({ printedName }) => printedName),
    [
      ...['RequestID', 'Disposition', 'SubmittedWhen', 'ResolvedWhen', 'RevokedEffectiveWhen', 'RequesterName'].map(
        (name) => `Request.${name}`,
      ),
      ...['CallerName', 'EndorsementKeyHash', 'EndorsementCertificateHash', 'CRLPartitionIndex'].map(
        (name) => `Request.${name}`,
      ),
      ...['RequestID', 'CertificateHash', 'CertificateTemplate', 'SerialNumber', 'NotAfter', 'SubjectKeyIdentifier'],
      ...['UPN', 'CommonName', 'ExtensionRequestId', 'AttributeRequestId', 'CRLRowId', 'CRLNumber', 'CRLNextUpdate'],
      ...['CRLNextPublish', 'CRLPropagationComplete', 'CRLLastPublished', 'CRLPublishAttempts', 'CRLPublishStatusCode'],
    ],
  );
});

test('names: with prefix, bare where unambiguous, case aside', () => {
  assert.equal(columnOf('Disposition')?.printedName, 'Request.Disposition');
  assert.equal(columnOf('RequestID')?.table, 'Certificates');
  assert.equal(columnOf('distinguishedname')?.table, 'Certificates');
  assert.equal(columnOf('REQUEST.COMMONNAME')?.table, 'Requests');
  assert.equal(columnOf('CRLPartitionIndex')?.table, 'CRLs');
  assert.equal(columnOf('Request.SerialNumber'), undefined);
  assert.equal(columnOf('toString'), undefined);
  for (const { table, column, printedName } of TABLE_COLUMNS) {
    assert.deepEqual(columnOf(printedName), { table, column, printedName });
  }
});

test('numbers of dispositions, flags and origins', () => {
  assert.deepEqual(Object.values(DB_DISP), [8, 9, 12, 15, 16, 17, 20, 21, 30, 31]);
  assert.equal(DISPOSITION_TEXTS.ISSUED, 'Issued');
  assert.deepEqual(Object.values(CR_FLG), [...Array.from({ length: 15 }, (_, bit) => 2 ** bit), 0x80000000]);
  assert.equal(REQUEST_FLAG_TEXTS.FORCEUTF8, 'Force UTF-8');
  assert.equal(CR_IN.CMC | CR_IN.FULLRESPONSE, 263168);
  assert.equal(REQUEST_TYPE_TEXTS.FULLRESPONSE, 'Full Response');
  assert.equal(CPF.BASE | CPF.COMPLETE | CPF.MANUAL, 0x45);
  assert.deepEqual(
    Object.values(CPF),
    Array.from({ length: 14 }, (_, bit) => 2 ** bit),
  );
  assert.deepEqual(
    Object.values(EXTENSION_ORIGIN).map((origin) => (origin & EXTENSION_ORIGIN_MASK) >> 16),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  assert.equal(EXTENSION_ORIGIN_TEXTS.ADMIN, 'Admin');
});
