/**
 * Runs a walkthrough of docs/walkthroughs as a reader would type it. In its Markdown
 *
 * - a fenced block `text name.inf` is a file of that name;
 * - a fenced block `console` holds `person$ command` lines, each with what it prints on standard output below it.
 *   `<word>` stands for anything on its line, the same for each later `<word>` of that name; a line `...` for any lines.
 *   A command that has to fail has `! ` before its person.
 *
 * Everything runs in one folder, with one home and EXAMPLES naming test/vectors, through the launchers that `certhaven link` writes.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { writeLaunchers } from '../../src/bin/launchers.ts';

interface Command {
  readonly line: number;
  readonly user: string;
  readonly command: string;
  readonly fails: boolean;
  readonly expected: string[];
}

type Step =
  | { readonly kind: 'file'; readonly name: string; readonly content: string }
  | { readonly kind: 'commands'; readonly commands: Command[] };

export function parseWalkthrough(markdown: string): Step[] {
  const lines = markdown.split('\n');
  const steps: Step[] = [];
  for (let i = 0; i < lines.length; i++) {
    const fence = /^```(\w+)(?: +(\S+))?$/.exec(lines[i]!);
    if (!fence) continue;
    const begin = i + 1;
    const end = lines.indexOf('```', begin);
    assert.ok(end > 0, `line ${i + 1}: the block has no end`);
    const body = lines.slice(begin, end);
    if (fence[1] === 'text' && fence[2]) steps.push({ kind: 'file', name: fence[2], content: `${body.join('\n')}\n` });
    if (fence[1] === 'console') steps.push({ kind: 'commands', commands: parseCommands(body, begin) });
    i = end;
  }
  return steps;
}

function parseCommands(body: readonly string[], begin: number): Command[] {
  const commands: Command[] = [];
  for (const [index, text] of body.entries()) {
    const typed = /^(! )?([a-z0-9]+)\$ (.+)$/.exec(text);
    if (typed)
      commands.push({
        line: begin + index + 1,
        user: typed[2]!,
        command: typed[3]!,
        fails: typed[1] !== undefined,
        expected: [],
      });
    else {
      assert.ok(commands.length > 0, `line ${begin + index + 1}: output before any command`);
      commands.at(-1)!.expected.push(text);
    }
  }
  return commands;
}

/** Throws an AssertionError that names the line of the first command that does not do what is written. */
export async function runWalkthrough(path: string): Promise<number> {
  const steps = parseWalkthrough(readFileSync(path, 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'certhaven-walkthrough-'));
  const known = new Map<string, string>();
  let count = 0;
  try {
    mkdirSync(join(folder, 'work'));
    await writeLaunchers(join(folder, 'bin'));
    for (const step of steps) {
      if (step.kind === 'file') writeFileSync(join(folder, 'work', step.name), step.content);
      else
        for (const command of step.commands) {
          runCommand(folder, path, command, known);
          count++;
        }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return count;
}

function runCommand(
  folder: string,
  path: string,
  { line, user, command, fails, expected }: Command,
  known: Map<string, string>,
): void {
  const typed = command.replace(/<([a-z0-9#-]+)>/g, (word, name: string) => known.get(name) ?? word);
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', typed], {
    cwd: join(folder, 'work'),
    encoding: 'utf8',
    input: '',
    env: {
      ...process.env,
      PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      CERTHAVEN_HOME: join(folder, 'home'),
      CERTHAVEN_MACHINE: 'ca01.contoso.com',
      CERTHAVEN_USER: user === 'admin' ? '' : `CONTOSO\\${user}`,
      EXAMPLES: join(import.meta.dirname, '..', 'vectors'),
      TZ: 'UTC',
    },
  });
  const where = `${path}:${line}: ${user}$ ${typed}`;
  assert.equal(status !== 0, fails, `${where}\nended with ${status}\n${stdout}${stderr}`);
  const printed = stdout.replaceAll('\r', '').replace(/\n$/, '').split('\n');
  if (expected.length === 0 || (expected.length === 1 && expected[0] === '...')) return;
  matchLines(printed, expected, known, `${where}\n${stdout}${stderr}`);
}

function matchLines(
  printed: readonly string[],
  expected: readonly string[],
  known: Map<string, string>,
  where: string,
): void {
  let at = 0;
  for (let i = 0; i < expected.length; i++) {
    if (expected[i] === '...') {
      const next = expected[i + 1];
      if (next === undefined) return;
      while (at < printed.length && !matchLine(printed[at]!, next, known)) at++;
      continue;
    }
    assert.ok(
      at < printed.length && matchLine(printed[at]!, expected[i]!, known),
      `${where}\nexpected: ${expected[i]}\nprinted:  ${printed[at] ?? '(nothing)'}`,
    );
    at++;
  }
  assert.equal(printed.slice(at).join('\n'), '', `${where}\nprinted more than is written`);
}

function matchLine(printed: string, expected: string, known: Map<string, string>): boolean {
  const names: string[] = [];
  const pattern = expected
    .split(/(<[a-z0-9#-]+>)/)
    .map((part) => {
      const name = /^<([a-z0-9#-]+)>$/.exec(part)?.[1];
      if (name === undefined) return escapePattern(part);
      const value = name.includes('#') ? known.get(name) : undefined;
      if (value !== undefined) return escapePattern(value);
      names.push(name);
      return '(.+?)';
    })
    .join('');
  const match = new RegExp(`^${pattern}\\s*$`).exec(printed);
  if (!match) return false;
  // `<serial#1>` keeps its value for later lines and commands; `<date>` may be another each time.
  for (const [index, name] of names.entries()) if (name.includes('#')) known.set(name, match[index + 1]!);
  return true;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
