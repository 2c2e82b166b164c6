/**
 * The tests of the authority once more, with every call of every caller going through the HTTPS service: what holds in the
 * process holds over the network.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');

/** Of every kind of call; crashes and what lies under the authority are not the transport's. */
const FILES = [
  'archive/archive',
  'audit/events',
  'audit/recorded',
  'exchange/exchange-keys',
  'info',
  'kra/load-kras',
  'policy/denials',
  'policy/issued-certificates',
  'policy/on-behalf-of',
  'policy/renewal',
  'policy/stand-alone-policy',
  'request/submit',
  'revoke/revoke',
  'roles/officer-restrictions',
  'roles/rights',
  'roles/role-separation',
].map((name) => join(ROOT, 'src', 'ca', `${name}.test.ts`));

test('the tests of the authority hold over HTTPS', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--test', '--test-isolation=none', '--test-reporter=tap', ...FILES],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, CERTHAVEN_TEST_TRANSPORT: 'https', NODE_TEST_CONTEXT: undefined },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const failed = stdout.split('\n').filter((line) => /^\s*not ok /.test(line));
  assert.equal(status, 0, `${failed.join('\n')}\n${stderr}`);
  assert.ok(Number(/^# pass (\d+)$/m.exec(stdout)?.[1]) > 150, stdout.slice(-400));
});
