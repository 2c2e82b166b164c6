import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TranscriptConsole } from '#test/support/transcript';
import type { CerthavenPorts } from './context.ts';
import { runCerthaven } from './main.ts';

async function certhaven(...words: readonly string[]) {
  const console = new TranscriptConsole('/', []);
  const ports: Pick<CerthavenPorts, 'console'> = { console };
  const exit = await runCerthaven(words, ports as CerthavenPorts);
  return { exit, output: console.output, errors: console.errors };
}

test('each way to ask for the help of a command answers the same, and runs nothing', async () => {
  const { exit, output } = await certhaven('serve', '--help');
  assert.equal(exit, 0);
  assert.match(output, /^Usage: certhaven serve \[--listen/);
  for (const words of [
    ['serve', '-?'],
    ['serve', '/?'],
    ['serve', '-h'],
    ['serve', '--listen', '8443', '-?'],
    ['help', 'serve'],
  ])
    assert.deepEqual(await certhaven(...words), { exit: 0, output, errors: '' }, words.join(' '));
});

test('without a command it lists them', async () => {
  const listed = await certhaven();
  assert.match(listed.output, /^ {2}serve +Run the CA/m);
  for (const word of ['-?', '/?', '-h', '--help', 'help']) assert.deepEqual(await certhaven(word), listed, word);
});

test('there is no help of a command that there is not', async () => {
  const { exit, errors } = await certhaven('help', 'nonesuch');
  assert.equal(exit.toString(16), '80070057');
  assert.match(errors, /no command nonesuch/);
});
