import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const MODULE = join(import.meta.dirname, '..', '..', 'src', 'cli', 'io', 'node-console.ts');

/** Runs code at a terminal of its own (util-linux script), typing each answer when its question stands there. */
async function atTerminal(
  code: string,
  answers: readonly (readonly [question: string, answer: string])[],
): Promise<string> {
  const module = `import { NodeConsole } from ${JSON.stringify(MODULE)}; const console = new NodeConsole(); ${code}`;
  const environment = { ...process.env, CODE: module, NODE: process.execPath };
  const child = spawn('script', ['-qec', '"$NODE" --input-type=module -e "$CODE"', '/dev/null'], { env: environment });
  const left = [...answers];
  let shown = '';
  child.stdout.on('data', (data: Buffer) => {
    shown += data;
    const next = left[0];
    if (!next || !shown.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '').endsWith(next[0])) return;
    left.shift();
    child.stdin.write(next[1]);
  });
  await new Promise((resolve) => child.on('close', resolve));
  assert.deepEqual(left, []);
  return shown.replaceAll('\r', '');
}

const ASK = `
  const password = await console.prompt('Enter PFX password:', { hidden: true });
  const name = await console.prompt('Name:');
  process.stdout.write([console.isInteractive, password.length, name].join(' ') + '\\n');`;

test('a password is not shown where it is typed, another answer is', async () => {
  const shown = await atTerminal(ASK, [
    ['Enter PFX password: ', 'pass word1\r'],
    ['Name: ', 'alice\r'],
  ]);
  // What a terminal draws besides text: escape sequences of the line editor.
  const text = shown.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '');
  assert.match(text, /^Enter PFX password: \n(?:Name: )+alice\n+true 10 alice\n$/);
});

test('^C at a question cancels it', async () => {
  const code = `await console.prompt('Sure?').catch((error) => process.stdout.write(error.symbol + '\\n'));`;
  assert.match(await atTerminal(code, [['Sure? ', '\x03']]), /ERROR_CANCELLED\n$/);
});
