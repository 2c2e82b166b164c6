/** `certhaven COMMAND`: options in GNU style; the tools of AD CS keep their own grammar behind `certhaven certutil`. */
import { parseArgs } from 'node:util';
import { HRESULTS } from '#hresult/codes';
import { formatHresult } from '#hresult/format';
import { HresultError, hresult } from '#hresult/hresult-error';
import { errorJson } from '../io/error-json.ts';
import { hintOf } from '../io/hint.ts';
import type { Json } from '../io/verb.ts';
import { COMMANDS } from './commands.ts';
import type { CerthavenPorts, Command, CommandContext } from './context.ts';
import { JsonRows, writeJsonRows } from './json-rows.ts';

/** Answers the exit code: 0, or the HRESULT as an unsigned number. */
export async function runCerthaven(argv: readonly string[], ports: CerthavenPorts): Promise<number> {
  const [name, ...rest] = argv;
  const print = (line: string) => ports.console.writeOut(`${line}\n`);
  if (name === 'help' && rest[0] !== undefined) return runCerthaven([rest[0], '--help'], ports);
  if (name === undefined || name === 'help' || isHelp(name)) {
    for (const line of overview()) print(line);
    return 0;
  }
  if (name === 'version' || name === '--version') {
    print(await ports.version());
    return 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  const isJson = rest.includes('--json');
  try {
    if (command === undefined)
      throw hresult('ERROR_INVALID_PARAMETER', `There is no command ${name}.`, { hint: 'certhaven help lists them' });
    if (rest.some(isHelp)) {
      for (const line of commandHelp(command)) print(line);
      return 0;
    }
    const { run } = await command.load();
    const tell = (result: Json | undefined) => {
      if (isJson) print(JSON.stringify({ command: name, ok: true, result }, null, 2));
    };
    let exitCode = 0;
    const endWith = (code: number) => {
      exitCode = code;
    };
    const result = await run({ ...contextOf(command, rest, ports, isJson ? undefined : print), tell, endWith });
    if (result instanceof JsonRows) return await printRows(name, result, ports);
    if (!command.goesOn) tell(result);
    return exitCode;
  } catch (thrown) {
    if (!(thrown instanceof HresultError)) throw thrown;
    return reportFailure(name, thrown, isJson, ports);
  }
}

/** As people know it from other tools, and from those of AD CS. */
function isHelp(word: string): boolean {
  return ['--help', '-h', '-?', '/?'].includes(word);
}

async function printRows(name: string, rows: JsonRows, { console }: CerthavenPorts): Promise<number> {
  const failure = await writeJsonRows(
    name,
    rows,
    (text) => console.writeOut(text),
    (thrown) => {
      if (thrown instanceof HresultError) return { error: thrown, json: errorJson(thrown) };
      throw thrown;
    },
  );
  return failure?.hresult ?? 0;
}

function contextOf(
  command: Command,
  argv: readonly string[],
  ports: CerthavenPorts,
  print: ((line: string) => void) | undefined,
): Omit<CommandContext, 'tell' | 'endWith'> {
  const { values, positionals } = parse(command, argv);
  const all = values as Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  const strings = (name: string) => [all[name] ?? []].flat().filter((value) => typeof value === 'string');
  return {
    ...ports,
    arguments: positionals,
    option: (name) => strings(name)[0],
    options: strings,
    flag: (name) => all[name] === true,
    isJson: print === undefined,
    out: (line = '') => print?.(line),
  };
}

function parse(command: Command, argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: { ...command.options, json: { type: 'boolean' }, help: { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (cause) {
    throw hresult('ERROR_INVALID_PARAMETER', cause instanceof Error ? cause.message : String(cause), {
      hint: `usage: certhaven ${command.name} ${command.usage}`,
      cause,
    });
  }
}

function overview(): string[] {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2;
  return [
    'Usage: certhaven COMMAND [OPTIONS]',
    '',
    `  ${'certutil'.padEnd(width)}the certutil of AD CS: certhaven certutil -?`,
    `  ${'certreq'.padEnd(width)}the certreq of AD CS: certhaven certreq -?`,
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    '',
    'certhaven COMMAND --help tells more; --json prints the result as JSON.',
    'CERTHAVEN_HOME is where this machine keeps its CA, keys and stores (~/.certhaven where unset).',
  ];
}

function commandHelp({ name, usage, summary }: Command): string[] {
  return [`Usage: certhaven ${name} ${usage}`, '', summary];
}

function reportFailure(name: string, error: HresultError, isJson: boolean, { console }: CerthavenPorts): number {
  if (isJson) {
    console.writeOut(`${JSON.stringify({ command: name, ok: false, error: errorJson(error) }, null, 2)}\n`);
    return error.hresult;
  }
  const hint = hintOf(error);
  const message = HRESULTS[error.symbol][1];
  console.writeError(`certhaven: ${name} FAILED: ${formatHresult(error.hresult)}\ncerthaven: ${message}\n`);
  if (error.detail !== undefined) console.writeError(`${error.detail}\n`);
  if (hint !== undefined) console.writeError(`hint: ${hint}\n`);
  return error.hresult;
}
