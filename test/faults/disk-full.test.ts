import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const mount = mkdtempSync(join(tmpdir(), 'certhaven-full-'));
after(() => rmSync(mount, { recursive: true, force: true }));

const MOUNT_AND_RUN = 'mount -t tmpfs -o size=32m full-disk "$1" && exec "$2" test/support/full-disk.ts "$1"';
const skip =
  spawnSync('unshare', ['-rm', 'true']).status === 0 ? false : 'no file system of its own can be mounted (unshare -rm)';

test('disk full at every write: 0x80070070 and an event, nothing half-made, and afterwards it goes on', {
  skip,
}, () => {
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['-rm', 'sh', '-c', MOUNT_AND_RUN, 'sh', mount, process.execPath],
    { cwd: ROOT, encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  const [submit, getKey, crl, exchange] = stdout.trim().split('\n');
  // Each refused submission is told by one event 21, each certificate the directory could not take by one event 46.
  const [, refused, ...events] = submit!.split(' ');
  assert.ok(Number(refused) > 10, submit);
  assert.equal(events.filter((id) => id === '21').length, Number(refused));
  assert.ok(events.includes('46'), submit);
  for (const line of [getKey, crl, exchange]) assert.match(line!, /^(?:getkey|crl|xchg) [1-9]/);
});
