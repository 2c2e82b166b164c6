/** One command of a certutil-like tool, from its words to its exit code. */
import { HRESULTS } from '#hresult/codes';
import { formatHresult, messageText } from '#hresult/format';
import { HresultError, hresult } from '#hresult/hresult-error';
import { type CommandLine, parseCommandLine } from './command-line.ts';
import type { Console } from './console.ts';
import { errorJson } from './error-json.ts';
import { type Described, helpOnHelp, verbHelp, verbHelpJson, verbList } from './help.ts';
import { hintOf } from './hint.ts';
import type { Json, Verb, VerbContext } from './verb.ts';

export interface Tool<Context, Name extends string> extends Described<Context, Name> {
  /** The verb of a command line that names none. */
  readonly defaultVerb?: string;
  /** The lines after which a success is known on standard output; certutil's one where it is left out. */
  successLines?(verb: string): string[];
  /** The lines after which a failure is known on standard output; certutil's two where it is left out. */
  failureLines?(verb: string, error: HresultError): string[];
}

/**
 * Runs a command and answers its exit code: 0, or the HRESULT as an unsigned number. Under `--json` standard output holds
 * one value and nothing else: `{ verb, ok: true, result }` or `{ verb, ok: false, error }`. What a fault was in detail and
 * what can be done about it stands on standard error, so that standard output stays the tool's.
 */
export async function runTool<Context, Name extends string>(
  tool: Tool<Context, Name>,
  argv: readonly string[],
  console: Console,
  makeContext: (context: VerbContext<Name>) => Context,
): Promise<number> {
  const line = parseCommandLine(argv, tool);
  if ((line.options.names() as string[]).includes('Unicode')) console.useUnicode();
  const print = (text: string) => console.writeOut(`${text}\n`);
  if (line.kind === 'help') {
    if (line.isJson) print(toJson({ verb: '?', ok: true, result: helpJson(tool, line) }));
    else {
      for (const text of helpText(tool, line)) print(text);
      print(`${tool.name}: -? command completed successfully.`);
    }
    return 0;
  }
  if (line.kind === 'fault') {
    const error = hresult('ERROR_INVALID_PARAMETER', line.what);
    if (line.isJson) print(failureJson(line.verb?.canonical, error));
    else {
      const usage = line.verb ? verbHelp(tool, line.verb) : ['Usage:', ...usageOf(tool), ''];
      for (const text of [line.what, '', ...usage, `${tool.name}: ${line.fault}`]) print(text);
      const help = line.verb ? `-${line.verb.canonical} -? tells its arguments and options` : '-? lists the verbs';
      console.writeError(`${messageText(error.hresult)} ${formatHresult(error.hresult)}\nhint: ${tool.name} ${help}\n`);
    }
    return error.hresult;
  }
  const { verb, args, options, isJson } = line;
  const after: string[] = [];
  const context = makeContext({
    console: isJson ? withQuestionsAside(console) : console,
    args,
    options,
    isJson,
    out: (text = '') => {
      if (!isJson) print(text);
    },
    outAfterStatus: (text) => {
      after.push(text);
    },
  });
  try {
    const { run } = await verb.load();
    const result = await run(context);
    if (isJson) print(toJson({ verb: verb.canonical, ok: true, result }));
    else
      for (const text of [...(tool.successLines ?? certutilSuccess(tool.name))(verb.canonical), ...after]) print(text);
    return 0;
  } catch (thrown) {
    const error = thrown instanceof HresultError ? thrown : asUnexpected(thrown, console);
    if (isJson) print(failureJson(verb.canonical, error));
    else for (const text of (tool.failureLines ?? certutilFailure(tool.name))(verb.canonical, error)) print(text);
    if (error.detail !== undefined) console.writeError(`${error.detail}\n`);
    const hint = hintOf(error);
    if (hint !== undefined) console.writeError(`hint: ${hint}\n`);
    return error.hresult;
  }
}

function withQuestionsAside(console: Console): Console {
  return {
    get isInteractive() {
      return console.isInteractive;
    },
    isDebug: console.isDebug,
    writeOut: (text) => console.writeOut(text),
    useUnicode: () => console.useUnicode(),
    writeError: (text) => console.writeError(text),
    prompt: (question, options) => console.prompt(question, { ...options, aside: true }),
    readFile: (path) => console.readFile(path),
    listFolder: (path) => console.listFolder(path),
    makeFolder: (path) => console.makeFolder(path),
    requireWritable: (path, options) => console.requireWritable(path, options),
    writeFile: (path, content, options) => console.writeFile(path, content, options),
  };
}

function usageOf<Context, Name extends string>(tool: Tool<Context, Name>): string[] {
  return helpOnHelp(tool.name, tool.verbs[0]?.verb ?? 'verb').map((text) => `  ${text}`);
}

function helpText<Context, Name extends string>(
  tool: Tool<Context, Name>,
  { verb, options, showHidden }: Extract<CommandLine<Verb<Context, Name>, Name>, { kind: 'help' }>,
): string[] {
  if (verb) return verbHelp(tool, verb);
  const isVerbose = (options.names() as string[]).includes('v');
  if (!isVerbose || showHidden) return verbList(tool, showHidden);
  return tool.verbs.filter(({ hidden }) => !hidden).flatMap((each) => verbHelp(tool, each));
}

function helpJson<Context, Name extends string>(
  tool: Tool<Context, Name>,
  { verb, showHidden }: Extract<CommandLine<Verb<Context, Name>, Name>, { kind: 'help' }>,
): Json {
  const shown = verb ? [verb] : tool.verbs.filter(({ hidden }) => showHidden || !hidden);
  return shown.map((each) => verbHelpJson(tool, each));
}

function certutilSuccess(name: string): (verb: string) => string[] {
  return (verb) => [`${name}: -${verb} command completed successfully.`];
}

function certutilFailure(name: string): (verb: string, error: HresultError) => string[] {
  return (verb, { hresult: code, symbol }) => [
    `${name}: -${verb} command FAILED: ${formatHresult(code)}`,
    `${name}: ${HRESULTS[symbol][1]}`,
  ];
}

function failureJson(verb: string | undefined, failure: HresultError): string {
  return toJson({ verb, ok: false, error: errorJson(failure) });
}

function toJson(value: Json): string {
  return JSON.stringify(value, null, 2);
}

/** Our own fault: what it was stays out of the answer, and an incident number leads to it. */
function asUnexpected(thrown: unknown, console: Console): HresultError {
  const incident = globalThis.crypto.randomUUID().slice(0, 8);
  if (console.isDebug) console.writeError(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
  return hresult('E_UNEXPECTED', `Incident ${incident}: a fault of Certhaven's own.`, {
    hint: 'Run it again with CERTHAVEN_DEBUG=1 and report what it prints.',
    cause: thrown,
  });
}
