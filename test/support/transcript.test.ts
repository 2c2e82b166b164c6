import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { parseTranscript, runTranscript, type ToolRunner } from './transcript.ts';

const say: ToolRunner = async (argv, console) => {
  console.writeOut(argv.map((word) => `${word}\n`).join(''));
  return 0;
};
const ask: ToolRunner = async (_argv, console) => {
  const answer = await console.prompt('Password:', { hidden: true });
  console.writeError(`heard ${answer}\n`);
  return hresult('NTE_BAD_KEY').hresult;
};
const run = (text: string) => runTranscript(text, { say, ask });

test('a transcript that tells the truth passes', async () => {
  await run(`# words
$ say "two words" 'and one' bare
two words
and one
bare
exit 0x0

$ ask
< secret
Password:
! heard secret
exit 0x80090003
$ write x.txt "a\\nb\\n"
exit 0x0
$ cat x.txt
a
b
exit 0x0
`);
});

test('patterns stand for what differs, and keep what they met', async () => {
  await run(`$ say 1b4ab7 11/21/2026\\ 7:08
<serial#a>
<any>
7:08
exit 0x0
$ say <serial#a> again
<serial#a>
again
exit 0x0
$ say "11/21/2026 7:08 AM" da39a3ee5e6b4b0d3255bfef95601890afd80709 12
<date>
<hash>
<n>
exit 0x0
`);
});

test('a transcript that does not is refused', async () => {
  const lies = {
    'another line': '$ say a\nb\nexit 0x0\n',
    'a line too few': '$ say a b\na\nexit 0x0\n',
    'a line too many': '$ say a\na\n\nexit 0x0\n',
    'another code': '$ say a\na\nexit 0x1\n',
    'another error text': '$ ask\n< x\nPassword:\n! heard y\nexit 0x80090003\n',
    'an answer nobody asked for': '$ say a\n< x\na\nexit 0x0\n',
    'a pattern that does not fit': '$ say xyz\n<n>\nexit 0x0\n',
    'another value behind a key': '$ say 11 22\n<serial#a>\n<serial#a>\nexit 0x0\n',
    'no such tool': '$ fly\nexit 0x0\n',
  };
  for (const [what, text] of Object.entries(lies)) await assert.rejects(run(text), assert.AssertionError, what);
});

test('a transcript that leaves something unchecked is refused', () => {
  for (const text of ['', '# nothing\n', '$ say a\na\n', 'text\n', '$ say a\na\n$ say b\nb\nexit 0x0\n']) {
    assert.throws(() => parseTranscript(text), assert.AssertionError, JSON.stringify(text));
  }
});
