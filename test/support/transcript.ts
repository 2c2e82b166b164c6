/**
 * Runs transcripts: text files in which commands stand as a person types them, each followed by what standard output must
 * show and by its exit code.
 *
 * ```
 * # a comment; empty lines between commands do not count
 * $ certutil -error 0x80070057
 * 0x80070057 (WIN32: 87 ERROR_INVALID_PARAMETER) -- 2147942487 (-2147024809)
 * Error message text: The parameter is incorrect.
 * CertUtil: -error command completed successfully.
 * exit 0x0
 * ```
 *
 * - `< answer` lines right after a command are what is typed at its questions; questions are part of the output.
 * - `! text` lines are standard error; where a command has none of them its standard error is not compared.
 * - `<date>`, `<serial>`, `<hash>`, `<sha256>`, `<guid>`, `<n>`, `<incident>` and `<any>` stand for what differs from run to
 *   run. `<serial#a>` keeps what it met, for later lines and commands. One line `<more>` of an output stands for any lines.
 * - `write FILE JSON-STRING`, `copy VECTOR FILE` and `cat FILE` make files and show them; they end in `exit 0x0` too.
 *
 * All commands of a file share one new directory, in which relative paths begin.
 */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Console, PromptOptions } from '#cli/io/console';
import { NodeFiles } from '#cli/io/node-files';
import { hresult } from '#hresult/hresult-error';

/** Runs a tool with these words in this place; answers the exit code as an unsigned number. */
export type ToolRunner = (argv: readonly string[], console: Console) => Promise<number>;

interface Command {
  /** Of the `$` line, for messages. */
  readonly line: number;
  readonly text: string;
  readonly answers: string[];
  readonly output: string[];
  readonly errors: string[];
  exit: number | undefined;
}

/** Reads a transcript. Throws where a command has no exit line, so that none is left unchecked. */
export function parseTranscript(text: string): Command[] {
  const commands: Command[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const command = commands.at(-1);
    const isOpen = command !== undefined && command.exit === undefined;
    if (line.startsWith('$ ')) {
      assert.ok(!isOpen, `line ${index + 1}: the command before has no exit line`);
      commands.push({ line: index + 1, text: line.slice(2), answers: [], output: [], errors: [], exit: undefined });
    } else if (!isOpen) {
      assert.ok(line.trim() === '' || line.startsWith('#'), `line ${index + 1}: text outside a command`);
    } else if (/^exit 0x[0-9a-f]+$/.test(line)) command.exit = Number(line.slice(5));
    else if (line.startsWith('< ') && command.output.length === 0) command.answers.push(line.slice(2));
    else if (line.startsWith('! ')) command.errors.push(line.slice(2));
    else command.output.push(line);
  }
  assert.ok(commands.length > 0, 'a transcript without commands');
  assert.ok(commands.at(-1)?.exit !== undefined, 'the last command has no exit line');
  return commands;
}

const PATTERNS: Readonly<Record<string, string>> = {
  date: '\\d{1,2}/\\d{1,2}/\\d{4} \\d{1,2}:\\d{2} [AP]M',
  serial: '(?:[0-9a-f]{2}){1,20}',
  hash: '[0-9a-f]{40}',
  sha256: '[0-9a-f]{64}',
  guid: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  n: '\\d+',
  incident: '[0-9a-f]{8}',
  any: '.*',
};

/** What `<name#key>` met so far. */
type Met = Map<string, string>;

function fillIn(text: string, met: Met): string {
  return text.replace(/<(\w+#\w+)>/g, (whole, key: string) => met.get(key) ?? whole);
}

/** Compares a line with its pattern and remembers what its named parts met. */
function isMatch(expected: string, actual: string, met: Met): boolean {
  const keys: string[] = [];
  const source = fillIn(expected, met)
    .split(/(<\w+(?:#\w+)?>)/)
    .map((part) => {
      const [, name, key] = /^<(\w+)(#\w+)?>$/.exec(part) ?? [];
      const pattern = name === undefined ? undefined : PATTERNS[name];
      if (pattern === undefined) return part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
      if (key !== undefined) keys.push(`${name}${key}`);
      return key === undefined ? `(?:${pattern})` : `(${pattern})`;
    })
    .join('');
  const found = new RegExp(`^${source}$`, 's').exec(actual);
  for (const [i, key] of keys.entries()) if (found) met.set(key, found[i + 1]!);
  return found !== null;
}

function isMatchOfLines(expected: readonly string[], actual: readonly string[], met: Met): boolean {
  return expected.length === actual.length && expected.every((line, i) => isMatch(line, actual[i]!, met));
}

function check(what: string, expected: readonly string[], actual: readonly string[], met: Met): void {
  const more = expected.indexOf('<more>');
  const matches =
    more < 0
      ? isMatchOfLines(expected, actual, met)
      : actual.length >= expected.length - 1 &&
        isMatchOfLines(expected.slice(0, more), actual.slice(0, more), met) &&
        isMatchOfLines(expected.slice(more + 1), actual.slice(actual.length - (expected.length - more - 1)), met);
  // The comparison as text shows where they part.
  if (!matches) assert.equal(actual.join('\n'), expected.map((line) => fillIn(line, met)).join('\n'), what);
  assert.ok(matches, what);
}

/** The place of one command: answers given beforehand, output kept, files under one directory. */
export class TranscriptConsole extends NodeFiles implements Console {
  readonly isInteractive = true;
  readonly isDebug = false;
  output = '';
  errors = '';
  readonly #answers: string[];

  constructor(directory: string, answers: readonly string[] = []) {
    super(directory);
    this.#answers = [...answers];
  }

  get unasked(): readonly string[] {
    return this.#answers;
  }

  /** What is shown here is no file. */
  useUnicode(): void {}

  writeOut(text: string): void {
    this.output += text;
  }

  writeError(text: string): void {
    this.errors += text;
  }

  async prompt(question: string, options?: PromptOptions): Promise<string> {
    if (options?.aside) this.writeError(`${question}\n`);
    else this.writeOut(`${question}\n`);
    const answer = this.#answers.shift();
    if (answer === undefined) throw hresult('ERROR_CANCELLED', 'Input ended before the question was answered.');
    return answer;
  }
}

/** Words as a shell splits them: blanks part, quotes of either kind hold together. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  );
}

function linesOf(text: string): string[] {
  if (text === '') return [];
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}

const VECTORS = join(import.meta.dirname, '..', 'vectors');

function runBuiltIn(words: readonly string[], text: string, directory: string): string | undefined {
  const [name, first, second] = words;
  if (name === 'cat') return readFileSync(join(directory, first!), 'latin1');
  if (name === 'mode') return `${(statSync(join(directory, first!)).mode & 0o777).toString(8)}\n`;
  if (name === 'write') writeFileSync(join(directory, first!), JSON.parse(text.replace(/^\S+\s+\S+\s+/, '')));
  else if (name === 'copy') copyFileSync(join(VECTORS, first!), join(directory, second!));
  else return undefined;
  return '';
}

/** Runs all commands of a transcript; throws AssertionError at the first that does not do what it says. */
export async function runTranscript(text: string, tools: Readonly<Record<string, ToolRunner>>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'transcript-'));
  const met: Met = new Map();
  try {
    for (const command of parseTranscript(text)) {
      const typed = fillIn(command.text, met);
      const where = `line ${command.line}: ${typed}`;
      const words = wordsOf(typed);
      const console = new TranscriptConsole(directory, command.answers);
      const shown = runBuiltIn(words, typed, directory);
      let exit = 0;
      if (shown === undefined) {
        const tool = tools[words[0]!];
        assert.ok(tool, `${where}: no such tool`);
        exit = await tool(words.slice(1), console);
      }
      check(where, command.output, linesOf(shown ?? console.output), met);
      if (command.errors.length > 0) check(`${where}: standard error`, command.errors, linesOf(console.errors), met);
      assert.equal(`0x${exit.toString(16)}`, `0x${command.exit!.toString(16)}`, where);
      assert.deepEqual(console.unasked, [], `${where}: answers nobody asked for`);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
