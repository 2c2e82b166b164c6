import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');

test('the packed tarball installs without this checkout, and its CA answers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'certhaven-packed-'));
  try {
    const run = (command: string, args: readonly string[], cwd = folder) =>
      execFileSync(command, args, {
        cwd,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, CERTHAVEN_HOME: join(folder, 'home') },
      });
    const packed = JSON.parse(
      run('npm', ['pack', '--json', '--pack-destination', folder], ROOT).replace(/^[^[]*/, ''),
    ) as { filename: string; files: { path: string }[] }[];
    const [tarball] = packed;
    assert.ok(tarball!.files.some(({ path }) => path === 'dist/certhaven.js'));
    assert.ok(tarball!.files.every(({ path }) => !path.startsWith('src/') && !path.startsWith('test/')));

    const project = join(folder, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "name": "user", "private": true }');
    // The tests run on a Node that is new enough, so that the packages that bring one along are not needed here.
    const npm = ['install', '--offline', '--omit=optional', '--no-update-notifier', join(folder, tarball!.filename)];
    const { status, stderr } = spawnSync('npm', npm, { cwd: project, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    // A script that npm would run, or only ask about, at everybody who installs it.
    assert.doesNotMatch(stderr, /warn/);
    const certhaven = (...args: string[]) =>
      run(process.execPath, [join(project, 'node_modules', 'certhaven', 'bin', 'certhaven.js'), ...args], project);
    assert.match(certhaven('install-ca', '--name', 'CN=Packed CA'), /Packed CA installed/);
    assert.match(certhaven('certutil', '-ping'), /Server "Packed CA" ICertRequest2 interface is alive/);
    certhaven('link', join(folder, 'bin'));
    assert.match(run(join(folder, 'bin', 'certutil'), ['-error', '0x80094004']), /CERTSRV_E_PROPERTY_EMPTY/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
