import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machineSid } from './machine-sid.ts';

test("a machine's SID is that of its GUID", () => {
  assert.equal(machineSid('6e4d3030-8aae-40f0-9282-d69ccdd4ff34'), 'S-1-5-21-1850552368-2326675696-2458048156');
});
