/**
 * certutil's grammar, which certreq shares: `-verb` and `/verb`, options before and after the verb, case does not count.
 * A path that begins with a slash is an argument, because only known names count after a slash. The dashes that word
 * processors write are taken for the one on the keyboard: the white paper prints its commands so (`Certreq –new`).
 */
import { type OptionTable, OptionValues } from './option.ts';

/** What parsing needs of a verb. */
export interface VerbGrammar<Name extends string> {
  readonly verb: string;
  readonly minArgs: number;
  readonly maxArgs: number;
  readonly options: readonly Name[];
  readonly dashArguments?: boolean;
}

export interface Grammar<V extends VerbGrammar<Name>, Name extends string> {
  readonly verbs: readonly V[];
  readonly options: OptionTable<Name>;
  /** The verb of a command line that names none. */
  readonly defaultVerb?: string;
}

export type CommandLine<V, Name extends string> = { readonly options: OptionValues<Name>; readonly isJson: boolean } & (
  | { readonly kind: 'verb'; readonly verb: V; readonly args: readonly string[] }
  /** `-?`, `-verb -?`, or `-uSAGE`, which shows the hidden verbs too. */
  | { readonly kind: 'help'; readonly verb: V | undefined; readonly showHidden: boolean }
  | {
      readonly kind: 'fault';
      readonly verb: V | undefined;
      /** What is wrong, and the short form that ends the output. */
      readonly what: string;
      readonly fault: string;
    }
);

/** Reads a command line; never throws, because a fault is answered with the usage. */
export function parseCommandLine<V extends VerbGrammar<Name>, Name extends string>(
  argv: readonly string[],
  grammar: Grammar<V, Name>,
): CommandLine<V, Name> {
  const optionByTyped = new Map<string, Name>();
  for (const name of Object.keys(grammar.options) as Name[]) {
    for (const typed of [name, ...(grammar.options[name].aliases ?? [])]) optionByTyped.set(typed.toLowerCase(), name);
  }
  const verbByTyped = new Map(grammar.verbs.map((verb) => [verb.verb, verb]));

  const values: [Name, string][] = [];
  const args: string[] = [];
  // What begins with a dash and is no option: an argument of a verb that takes such.
  const dashed: string[] = [];
  let verb: V | undefined;
  let isJson = false;
  let help: 'none' | 'shown' | 'hidden too' = 'none';
  let withoutValue: Name | undefined;
  for (let i = 0; i < argv.length; i++) {
    const token = argv[i]!;
    const typed = /^(?:--?|[–—]|\/)(.+)$/s.exec(token)?.[1];
    const name = typed?.toLowerCase() ?? '';
    const option = optionByTyped.get(name);
    if (typed === undefined) args.push(token);
    else if (typed === '?' || token === '--help') help = help === 'none' ? 'shown' : help;
    else if (typed === 'uSAGE') help = 'hidden too';
    else if (name === 'json') isJson = true;
    else if (!verb && verbByTyped.has(name)) verb = verbByTyped.get(name);
    else if (option !== undefined) {
      const takesValue = grammar.options[option].value !== undefined;
      if (takesValue && i + 1 >= argv.length) withoutValue = option;
      else values.push([option, takesValue ? argv[++i]! : '']);
    } else {
      args.push(token);
      if (/^(?:-(?![0-9])|[–—])/.test(token)) dashed.push(token);
    }
  }

  const options = new OptionValues(values);
  const fault = (what: string, short = what): CommandLine<V, Name> => {
    return { kind: 'fault', options, isJson, verb, what, fault: short };
  };
  if (help !== 'none') return { kind: 'help', options, isJson, verb, showHidden: help === 'hidden too' };
  if (dashed[0] !== undefined && !verb?.dashArguments) return fault(`Unknown arg: ${dashed[0]}`);
  if (withoutValue !== undefined) return fault(`Expected a value after -${withoutValue}`, 'Missing argument');
  verb ??= grammar.defaultVerb === undefined ? undefined : verbByTyped.get(grammar.defaultVerb);
  if (!verb) return fault('Expected a verb', 'Missing argument');
  for (const name of options.names()) {
    if (!grammar.options[name].everywhere && !verb.options.includes(name)) return fault(`Unexpected option: -${name}`);
  }
  if (args.length < verb.minArgs) {
    return fault(`Expected at least ${verb.minArgs} args, received ${args.length}`, 'Missing argument');
  }
  if (args.length > verb.maxArgs) {
    return fault(`Expected no more than ${verb.maxArgs} args, received ${args.length}`, 'Too many arguments');
  }
  return { kind: 'verb', options, isJson, verb, args };
}
