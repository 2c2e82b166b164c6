import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withChangeLock } from './change-lock.ts';

const directory = mkdtempSync(join(tmpdir(), 'certhaven-lock-'));
after(() => rmSync(directory, { recursive: true }));

function lockFile(): string {
  return join(directory, readdirSync(directory).find((name) => name.endsWith('.lock'))!);
}

describe('the lock of a token', () => {
  it('is held by one at a time, and let go whatever comes of the change', async () => {
    let inside = 0;
    const change = async () => {
      assert.equal(++inside, 1);
      assert.equal(readFileSync(lockFile(), 'utf8'), String(process.pid));
      await sleep(5);
      inside--;
      throw new Error('half done');
    };
    const all = await Promise.allSettled(Array.from({ length: 4 }, () => withChangeLock(directory, 'one', change)));
    for (const result of all) assert.match(String(result.status === 'rejected' && result.reason), /half done/);
    assert.deepEqual(readdirSync(directory), []);
  });

  it('is one of each token', async () => {
    const other = await withChangeLock(directory, 'one', () => withChangeLock(directory, 'two', async () => 'both'));
    assert.equal(other, 'both');
  });

  it('is taken over from a process that was killed, and waited for while its holder lives', async () => {
    let path = '';
    await withChangeLock(directory, 'one', async () => {
      path = lockFile();
    });
    writeFileSync(path, String(spawnSync(process.execPath, ['--version']).pid));
    assert.equal(await withChangeLock(directory, 'one', async () => 'mine'), 'mine');

    const holder = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
    writeFileSync(path, String(holder.pid));
    const waiting = withChangeLock(directory, 'one', async () => 'mine');
    const first = await Promise.race([waiting, sleep(100, 'still waiting')]);
    holder.kill('SIGKILL');
    assert.equal(first, 'still waiting');
    assert.equal(await waiting, 'mine');
  });
});
