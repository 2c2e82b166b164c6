/**
 * Reads docs/errors.md. Below a heading stand
 *
 * - blocks in the form of docs/walkthroughs: what was done to the house before (`The house` itself is the first one);
 * - `Left behind: CLASS.`, one of the table under "What a fault leaves behind";
 * - a table of faults: what went wrong, the command, the code as printed, the hint, what to do. `<word>` in a hint stands for
 *   anything; a hint in brackets, or none, is prose.
 */
import assert from 'node:assert/strict';
import { parseWalkthrough } from './walkthrough.ts';

export type Step = ReturnType<typeof parseWalkthrough>[number];

export interface Fault {
  readonly line: number;
  readonly what: string;
  readonly user: string;
  readonly command: string;
  /** `0x80070005 (WIN32: 5 ERROR_ACCESS_DENIED)` */
  readonly code: string;
  readonly hint: string;
  readonly cure: string;
}

/** What may differ after a command: how many rows each table has more, and what must be in them. */
export interface LeftBehind {
  readonly disposition: string | undefined;
  readonly events: readonly string[];
  readonly audit: readonly string[];
}

export interface FaultTable {
  readonly heading: string;
  readonly before: readonly Step[];
  readonly leaves: LeftBehind;
  readonly faults: readonly Fault[];
}

/** A fault that no command line shows at will. */
export interface UnitFault {
  readonly line: number;
  readonly code: string;
  readonly test: string;
}

export interface ErrorsDocument {
  readonly house: readonly Step[];
  readonly tables: readonly FaultTable[];
  readonly units: readonly UnitFault[];
}

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

interface Section {
  readonly heading: string;
  readonly text: string;
  readonly columns: number;
  readonly rows: readonly Row[];
}

export function parseErrorsDocument(markdown: string): ErrorsDocument {
  const sections = readSections(markdown);
  const classes = new Map<string, LeftBehind>();
  const tables: FaultTable[] = [];
  const units: UnitFault[] = [];
  let house: readonly Step[] = [];
  for (const { heading, text, columns, rows } of sections) {
    const before = parseWalkthrough(text);
    if (heading === 'The house') house = before;
    else if (columns === 4) for (const { cells } of rows) classes.set(cells[0]!, readClass(cells));
    else if (columns === 3) units.push(...rows.map(readUnit));
    else if (columns === 5) {
      const name = /^Left behind: (.+)\.$/m.exec(text)?.[1];
      const leaves = classes.get(name ?? '');
      assert.ok(leaves, `${heading}: left behind is "${name}"`);
      tables.push({ heading, before, leaves, faults: rows.map(readFault) });
    }
  }
  return { house, tables, units };
}

function readSections(markdown: string): Section[] {
  const sections: { heading: string; lines: string[]; columns: number; rows: Row[] }[] = [];
  let isCode = false;
  for (const [index, line] of markdown.split('\n').entries()) {
    if (line.startsWith('```')) isCode = !isCode;
    const heading = isCode ? undefined : /^#+ (.+)$/.exec(line)?.[1];
    if (heading !== undefined) sections.push({ heading, lines: [], columns: 0, rows: [] });
    const section = sections.at(-1)!;
    section.lines.push(line);
    if (isCode || !line.startsWith('|')) continue;
    const cells = splitRow(line);
    if (/^-+$/.test(cells[0]!)) section.columns = cells.length;
    else if (section.columns > 0) section.rows.push({ line: index + 1, cells });
  }
  return sections.map(({ lines, ...section }) => ({ ...section, text: lines.join('\n') }));
}

function splitRow(line: string): string[] {
  const cells = line.replace(/^\||\|$/g, '').split(/(?<!\\)\|/);
  return cells.map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** Without the marks of a code span; prose has none. */
function code(cell: string): string {
  return /^`(.*)`$/.exec(cell)?.[1] ?? '';
}

function readClass([, request = '', events = '', audit = '']: readonly string[]): LeftBehind {
  return { disposition: numbers(request)[0], events: numbers(events), audit: numbers(audit) };
}

function numbers(cell: string): string[] {
  return cell.match(/\d+/g) ?? [];
}

function readFault({ line, cells }: Row): Fault {
  const [what = '', typed = '', printed = '', hint = '', cure = ''] = cells;
  const match = /^([a-z0-9]+)\$ (.+)$/.exec(code(typed));
  assert.ok(match && cells.length === 5, `line ${line}: no row of a fault`);
  return { line, what, user: match[1]!, command: match[2]!, code: code(printed), hint: code(hint), cure };
}

function readUnit({ line, cells }: Row): UnitFault {
  return { line, code: code(cells[1]!), test: code(cells[2]!) };
}
