/**
 * INF files as certreq reads them: `[Section]`, `Key = Value`, `;` comments, quotes around blanks and separators, `%name%`
 * out of [Strings] on both sides of `=`, and certreq's own `_continue_ = "text"`. Names are compared without regard to case.
 * Microsoft's documents put remarks behind quoted values after `//`: they count as comments there, and nowhere else, because
 * `//` stands in URLs.
 */
import { decodeText } from '#pki/asn1/pem';
import { InfError } from './inf-error.ts';

export interface InfLine {
  readonly section: string;
  /** As it is spelt in the file. */
  readonly key: string;
  /** What stands behind `=`: the fields that commas outside quotes part, without their quotes. */
  readonly fields: readonly string[];
  /** Counted from 1. */
  readonly number: number;
  /** The `_continue_` lines that its last field goes on in. */
  readonly continued?: readonly { readonly text: string; readonly number: number }[];
}

export interface InfSection {
  readonly name: string;
  readonly lines: readonly InfLine[];
  /** Where it first begins, counted from 1. */
  readonly number: number;
}

/** Longer files are no policy files. */
const MAX_LENGTH = 1 << 20;

export class InfFile {
  /** As error texts name it. */
  readonly name: string;
  readonly sections: readonly InfSection[];

  private constructor(name: string, sections: readonly InfSection[]) {
    this.name = name;
    this.sections = sections;
  }

  /** Takes ANSI, UTF-8 or UTF-16 with a byte order mark. Throws InfError with ERROR_INVALID_PARAMETER. */
  static parse(content: string | Uint8Array, name: string): InfFile {
    if (content.length > MAX_LENGTH)
      throw new InfError('ERROR_INVALID_PARAMETER', name, undefined, 'The file is too long.');
    const text = typeof content === 'string' ? content : textOf(content);
    const read = readSections(text, name);
    return new InfFile(name, expandStrings(read, name));
  }

  /** The lines of a section; empty where there is none. */
  lines(section: string): readonly InfLine[] {
    return this.sections.find(({ name }) => isSameWord(name, section))?.lines ?? [];
  }

  has(section: string): boolean {
    return this.sections.some(({ name }) => isSameWord(name, section));
  }

  /** The error that certreq shows as `file([Section] Key = "value")`; `detail` goes on where the key is the subject. */
  fault(line: InfLine, detail: string, hint?: string): InfError {
    return faultAt(this.name, line, detail, hint);
  }

  /** The same where a key is known and cannot be granted. */
  refusal(line: InfLine, detail: string, hint?: string): InfError {
    return new InfError('ERROR_NOT_SUPPORTED', placeOf(this.name, line), line.number, detail, hint);
  }
}

/** What is no UTF-8 is ANSI: Windows' Western code page, because the file does not tell which. */
function textOf(bytes: Uint8Array): string {
  const isMarkedUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const text = decodeText(bytes);
  return !isMarkedUtf16 && text.includes('\u{fffd}') ? new TextDecoder('windows-1252').decode(bytes) : text;
}

export function isSameWord(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function placeOf(file: string, { section, key, fields }: InfLine): string {
  return `${file}([${section}] ${key} = ${fields.map((field) => `"${field}"`).join(', ')})`;
}

function faultAt(file: string, line: InfLine, detail: string, hint?: string): InfError {
  return new InfError('ERROR_INVALID_PARAMETER', placeOf(file, line), line.number, `${line.key} ${detail}`, hint);
}

interface OpenSection {
  readonly name: string;
  readonly lines: InfLine[];
  readonly number: number;
}

function readSections(text: string, file: string): InfSection[] {
  const sections: OpenSection[] = [];
  let section: OpenSection | undefined;
  for (const [index, written] of text
    .replace(/^\u{feff}/u, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const number = index + 1;
    const fault: Fault = (detail, hint) =>
      new InfError('ERROR_INVALID_PARAMETER', `${file}(${written.trim()})`, number, detail, hint);
    const [left, fields] = splitLine(written, fault);
    if (left === '' && fields === undefined) continue;
    if (fields === undefined) {
      const name = /^\[([^[\]]+)\]$/.exec(left)?.[1]?.trim();
      if (!name) throw fault('neither a section nor "Key = Value".', 'a remark begins with ;');
      const known = sections.find((one) => isSameWord(one.name, name));
      section = known ?? { name, lines: [], number };
      if (!known) sections.push(section);
      continue;
    }
    if (!section)
      throw fault('stands before the first section.', 'a line such as [NewRequest] or [Properties] stands above it');
    if (left === '') throw fault('has no key before "=".', 'write Key = Value, or take the line out');
    if (isSameWord(left, '_continue_')) continueLine(section, fields, number, fault);
    else section.lines.push({ section: section.name, key: left, fields, number });
  }
  return sections;
}

type Fault = (detail: string, hint: string) => InfError;

/** `_continue_` goes on with the last field of the line before it. */
function continueLine(section: OpenSection, fields: readonly string[], number: number, fault: Fault): void {
  const before = section.lines.pop();
  if (!before) throw fault('continues nothing.', 'the line it goes on with stands above it');
  const [first = '', ...more] = fields;
  section.lines.push({
    ...before,
    fields: [...before.fields.slice(0, -1), `${before.fields.at(-1) ?? ''}${first}`, ...more],
    continued: [...(before.continued ?? []), { text: fields.join(','), number }],
  });
}

/** The text before `=` and the fields behind it; without `=` the whole line and no fields. */
function splitLine(line: string, fault: Fault): [left: string, fields: string[] | undefined] {
  let left: string | undefined;
  let fields: string[] = [];
  let field = '';
  // A field keeps the blanks that stand inside quotes.
  let kept = 0;
  let isQuoted = false;
  const finish = () => {
    fields.push(field.slice(0, kept) + field.slice(kept).trimEnd());
    field = '';
    kept = 0;
  };
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (isQuoted) {
      if (character !== '"') field += character === '%' ? PERCENT : character;
      else if (line[i + 1] === '"') field += line[i++];
      else isQuoted = false;
      kept = field.length;
    } else if (character === '"') {
      isQuoted = true;
      kept = field.length;
    } else if (character === ';' || isRemark(line, i)) break;
    else if (character === '=' && left === undefined) {
      left = field.trim().replaceAll(PERCENT, '%');
      field = '';
      kept = 0;
    } else if (character === ',' && left !== undefined) finish();
    else if (field !== '' || character.trim() !== '') field += character;
  }
  if (isQuoted) throw fault('has no closing quote.', 'end the value with "; a quote inside it is written ""');
  finish();
  if (left === undefined) return [fields[0]!.replaceAll(PERCENT, '%'), undefined];
  if (fields.length === 1 && fields[0] === '') fields = [];
  return [left, fields];
}

/** `//` with nothing but blanks between it and the quote that closes a value. */
function isRemark(line: string, at: number): boolean {
  return line.startsWith('//', at) && line.slice(0, at).trimEnd().endsWith('"');
}

/**
 * Stands for a quoted percent sign until the strings are filled in: in quotes `%name%` is a string where [Strings] has it, as
 * in the examples of certreq's documentation, and text where it has not.
 */
const PERCENT = '\u{0}';
const QUOTED_STRING = /\u{0}([^\u{0}]+)\u{0}/gu;

function expandStrings(sections: readonly InfSection[], file: string): InfSection[] {
  const strings = new Map<string, string>();
  for (const { key, fields } of sections.find(({ name }) => isSameWord(name, 'Strings'))?.lines ?? []) {
    strings.set(key.toLowerCase(), fields.join(','));
  }
  return sections.map((section) => ({
    ...section,
    lines: section.lines.map((line) => ({
      ...line,
      key: expand(line.key, line, strings, file),
      fields: line.fields.map((field) => expand(field, line, strings, file)),
    })),
  }));
}

function expand(text: string, line: InfLine, strings: ReadonlyMap<string, string>, file: string): string {
  return text
    .replace(/%([^%]*)%/g, (_whole, name: string) => {
      if (name === '') return '%';
      const value = strings.get(name.toLowerCase());
      if (value !== undefined) return value;
      throw faultAt(file, line, `names %${name}%, which [Strings] does not have.`);
    })
    .replace(QUOTED_STRING, (whole, name: string) => strings.get(name.toLowerCase()) ?? whole)
    .replaceAll(PERCENT, '%');
}
