import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import type { Console } from './console.ts';
import { exitStatus } from './exit-status.ts';
import { runTool, type Tool } from './run-tool.ts';
import type { Json, Verb, VerbContext } from './verb.ts';

type Name = 'v' | 'Unicode';

const verb = (
  name: string,
  run: (context: VerbContext<Name>) => Promise<Json | undefined>,
): Verb<VerbContext<Name>, Name> => {
  const group = name === 'second' ? 'b' : 'a';
  const described = { verb: name, canonical: name.toUpperCase(), usage: ['Arg'], summary: `Do ${name}`, group };
  return { ...described, minArgs: 0, maxArgs: 1, options: [], load: async () => ({ run }) };
};

const TOOL: Tool<VerbContext<Name>, Name> = {
  name: 'Tool',
  options: {
    v: { summary: 'Verbose operation', everywhere: true },
    Unicode: { summary: 'Write redirected output in Unicode', everywhere: true },
  },
  verbs: [
    verb('first', async ({ args, out, outAfterStatus }) => {
      out(`args ${args.join(' ')}`);
      outAfterStatus('restart it');
      return { args };
    }),
    { ...verb('hidden', async () => undefined), hidden: true },
    verb('second', async () => {
      throw hresult('NTE_BAD_KEY_STATE', 'The key stays.', { hint: 'Make it exportable.' });
    }),
    verb('asking', async ({ console }) => ({ answer: await console.prompt('Password:', { hidden: true }) })),
    verb('broken', async () => {
      throw new TypeError('secret-looking text');
    }),
  ],
};

async function run(argv: string[], isDebug = false) {
  let out = '';
  let errors = '';
  let [isUnicode, unicode] = [false, ''];
  const refuse = async () => assert.fail('not asked for');
  const console: Console = {
    isInteractive: false,
    isDebug,
    useUnicode: () => {
      isUnicode = true;
    },
    writeOut: (text) => {
      if (isUnicode) unicode += text;
      else out += text;
    },
    writeError: (text) => {
      errors += text;
    },
    prompt: async (question, options) => `${question} ${JSON.stringify(options)}`,
    readFile: refuse,
    requireWritable: refuse,
    writeFile: refuse,
    listFolder: refuse,
    makeFolder: refuse,
  };
  const code = await runTool(TOOL, argv, console, (context) => context);
  return { code, out, errors, ...(isUnicode && { unicode }) };
}

test('success ends with the status line in the verb’s own spelling', async () => {
  assert.deepEqual(await run(['/FIRST', 'x']), {
    code: 0,
    out: 'args x\nTool: -FIRST command completed successfully.\nrestart it\n',
    errors: '',
  });
});

test('failure is two lines, the code, and the rest on standard error', async () => {
  assert.deepEqual(await run(['-second']), {
    code: 0x8009000b,
    out: 'Tool: -SECOND command FAILED: 0x8009000b (-2146893813 NTE_BAD_KEY_STATE)\nTool: Key not valid for use in specified state.\n',
    errors: 'The key stays.\nhint: Make it exportable.\n',
  });
});

test('--json prints one value and nothing else', async () => {
  const success = await run(['-first', 'x', '--json']);
  assert.deepEqual(JSON.parse(success.out), { verb: 'FIRST', ok: true, result: { args: ['x'] } });
  const failure = await run(['-second', '--json']);
  assert.deepEqual(JSON.parse(failure.out), {
    verb: 'SECOND',
    ok: false,
    error: {
      hresult: '0x8009000b',
      symbol: 'NTE_BAD_KEY_STATE',
      message: 'Key not valid for use in specified state.',
      detail: 'The key stays.',
      hint: 'Make it exportable.',
    },
  });
  assert.equal(failure.code, 0x8009000b);
  const usage = await run(['--json', '-nothing']);
  assert.equal(usage.code, 0x80070057);
  assert.deepEqual(JSON.parse(usage.out).error.detail, 'Unknown arg: -nothing');
  const { answer } = JSON.parse((await run(['--json', '-asking'])).out).result;
  assert.equal(answer, 'Password: {"hidden":true,"aside":true}');
  assert.deepEqual(JSON.parse((await run(['--json', '-hidden'])).out), { verb: 'HIDDEN', ok: true });
});

test('our own fault is an incident without its text, unless it is asked for', async () => {
  const quiet = await run(['-broken']);
  assert.equal(quiet.code, 0x8000ffff);
  assert.match(quiet.out, /^Tool: -BROKEN command FAILED: 0x8000ffff .*E_UNEXPECTED\)\nTool: Catastrophic failure\n$/);
  assert.match(quiet.errors, /^Incident [0-9a-f]{8}: .*\nhint: .*CERTHAVEN_DEBUG=1.*\n$/);
  assert.match((await run(['-broken'], true)).errors, /^TypeError: secret-looking text\n +at /);
});

test('the list of verbs has its groups apart and the hidden ones hidden', async () => {
  const { code, out } = await run(['-?']);
  assert.equal(code, 0);
  assert.equal(
    out,
    `
Verbs:
  -FIRST            -- Do first

  -SECOND           -- Do second

  -ASKING           -- Do asking
  -BROKEN           -- Do broken

Tool -?                  -- Display a verb list (command list)
Tool -first -?           -- Display help text for the "first" verb
Tool -v -?               -- Display all help text for all verbs

Tool: -? command completed successfully.
`,
  );
  assert.match((await run(['-v', '-uSAGE'])).out, /\n {2}-HIDDEN {11}-- Do hidden\n/);
});

test('the help of one verb, and of all', async () => {
  const one = `Usage:
  Tool [Options] -FIRST Arg
  Do first

Options:
  -v                -- Verbose operation
  -Unicode          -- Write redirected output in Unicode
  --json            -- Print the result as one JSON value

`;
  assert.equal((await run(['-first', '-?'])).out, `${one}Tool: -? command completed successfully.\n`);
  const all = (await run(['-v', '-?'])).out;
  assert.ok(all.startsWith(one));
  assert.deepEqual(
    all.match(/Usage:\n.*/g)?.map((usage) => usage.slice(-10)),
    ['-FIRST Arg', 'SECOND Arg', 'ASKING Arg', 'BROKEN Arg'],
  );
});

test('a failure never looks like success to a shell', () => {
  assert.deepEqual([0, 0x80090011, 0x80070100, 0x80004000, 5].map(exitStatus), [0, 0x11, 1, 1, 5]);
});

test('under -Unicode all of standard output is in it, whatever the command comes to', async () => {
  for (const words of [['-first', 'x'], ['-second'], ['-nonesuch'], ['-?'], ['-first', 'x', '--json']]) {
    const plain = await run(words);
    assert.deepEqual(await run([...words, '-Unicode']), { ...plain, out: '', unicode: plain.out });
  }
});
