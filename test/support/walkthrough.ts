/**
 * Runs a walkthrough of docs/walkthroughs as a reader would type it. In its Markdown
 *
 * - a fenced block `text name.inf` is a file of that name;
 * - a fenced block `console` holds `person$ command` lines, each with what it prints on standard output below it.
 *   `<word>` stands for anything on its line, the same for each later `<word>` of that name; a line `...` for any lines.
 *   A command that has to fail has `! ` before its person; one that ends in ` &` goes on, and what stands below it is what it
 *   says first. `person@machine$` is on another machine: a home and a name of its own.
 *
 * Everything runs in one folder, with EXAMPLES naming test/vectors, through the launchers that `certhaven link` writes. What
 * goes on at the end is asked to stop, and has to stop well.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { writeTools } from './program.ts';

interface Command {
  readonly line: number;
  readonly user: string;
  /** Undefined for the machine of the CA. */
  readonly machine: string | undefined;
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
    const typed = /^(! )?([a-z0-9]+)(?:@([a-z0-9]+))?\$ (.+)$/.exec(text);
    if (typed)
      commands.push({
        line: begin + index + 1,
        user: typed[2]!,
        machine: typed[3],
        command: typed[4]!,
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
  const place: Place = { folder, path, known: new Map(), services: [] };
  let count = 0;
  try {
    mkdirSync(join(folder, 'work'));
    await writeTools(join(folder, 'bin'));
    for (const step of steps) {
      if (step.kind === 'file') writeFileSync(join(folder, 'work', step.name), step.content);
      else
        for (const command of step.commands) {
          if (command.command.endsWith(' &')) await beginCommand(place, command);
          else runCommand(place, command);
          count++;
        }
    }
    for (const service of place.services) {
      service.kill('SIGTERM');
      assert.equal(await service.ended, 0, `${path}: what went on ended with another code`);
    }
  } finally {
    for (const { kill } of place.services) kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
  return count;
}

interface Place {
  readonly folder: string;
  readonly path: string;
  readonly known: Map<string, string>;
  readonly services: Service[];
}

interface Service {
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<number>;
}

function fillIn(command: string, known: ReadonlyMap<string, string>): string {
  return command.replace(/<([a-z0-9#-]+)>/g, (word, name: string) => known.get(name) ?? word);
}

function optionsOf({ folder }: Place, { user, machine }: Command) {
  return {
    cwd: join(folder, 'work'),
    env: {
      ...process.env,
      PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      CERTHAVEN_HOME: join(folder, machine === undefined ? 'home' : `home-${machine}`),
      CERTHAVEN_MACHINE: `${machine ?? 'ca01'}.contoso.com`,
      CERTHAVEN_USER: user === 'admin' ? '' : `CONTOSO\\${user}`,
      EXAMPLES: join(import.meta.dirname, '..', 'vectors'),
      TZ: 'UTC',
    },
  };
}

function runCommand(place: Place, command: Command): void {
  const { path, known } = place;
  const { line, user, fails, expected } = command;
  const typed = fillIn(command.command, known);
  const options = { ...optionsOf(place, command), encoding: 'utf8', input: '' } as const;
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', typed], options);
  const where = `${path}:${line}: ${user}$ ${typed}`;
  assert.equal(status !== 0, fails, `${where}\nended with ${status}\n${stdout}${stderr}`);
  const printed = stdout.replaceAll('\r', '').replace(/\n$/, '').split('\n');
  if (expected.length === 0 || (expected.length === 1 && expected[0] === '...')) return;
  matchLines(printed, expected, known, `${where}\n${stdout}${stderr}`);
}

/** Until it has said as many lines as are written. */
async function beginCommand(place: Place, command: Command): Promise<void> {
  const { path, known, services } = place;
  const { line, user, expected } = command;
  const typed = fillIn(command.command.slice(0, -2), known);
  const where = `${path}:${line}: ${user}$ ${typed} &`;
  const child = spawn('/bin/sh', ['-c', `exec ${typed}`], {
    ...optionsOf(place, command),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 1)));
  services.push({ kill: (signal) => child.kill(signal), ended });
  let printed = '';
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const hasSpoken = new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (printed.split('\n').length > expected.length) resolve();
    });
    child.once('close', () => reject(new Error(`${where}\nended\n${printed}${told}`)));
  });
  await hasSpoken;
  matchLines(printed.replace(/\n$/, '').split('\n'), expected, known, `${where}\n${printed}${told}`);
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
