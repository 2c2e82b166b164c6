import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatDate } from './date.ts';

describe('dates of certutil', () => {
  it('are the short forms of US English', () => {
    for (const [local, text] of [
      [new Date(2026, 10, 21, 7, 0), '11/21/2026 7:00 AM'],
      [new Date(2001, 0, 13, 23, 51), '1/13/2001 11:51 PM'],
      [new Date(2039, 11, 31, 0, 5), '12/31/2039 12:05 AM'],
      [new Date(2012, 6, 1, 12, 34), '7/1/2012 12:34 PM'],
    ] as const) {
      assert.equal(formatDate(local), text);
    }
  });

  it('show seconds and GMT on request', () => {
    const date = new Date(Date.UTC(2021, 2, 30, 10, 30, 5, 7));
    assert.equal(formatDate(date, { gmt: true }), '3/30/2021 10:30 AM GMT');
    assert.equal(formatDate(date, { gmt: true, seconds: true }), '3/30/2021 10:30 AM 05.007s GMT');
    assert.equal(formatDate(new Date(2021, 2, 30, 10, 30, 55), { seconds: true }), '3/30/2021 10:30 AM 55.000s');
  });
});
