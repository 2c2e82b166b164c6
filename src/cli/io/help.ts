/** The usage texts of a tool, made from its tables. The layout of the lists is certutil's. */
import type { OptionTable } from './option.ts';
import type { Json, Verb } from './verb.ts';

/** The part of a tool that its help needs. */
export interface Described<Context, Name extends string> {
  /** As it names itself: `CertUtil`. */
  readonly name: string;
  readonly verbs: readonly Verb<Context, Name>[];
  readonly options: OptionTable<Name>;
}

function row(left: string, summary: string): string {
  return `  ${left.padEnd(17)} -- ${summary}`;
}

/** The list of verbs, groups apart. */
export function verbList<Context, Name extends string>(
  { name, verbs }: Described<Context, Name>,
  showHidden: boolean,
): string[] {
  const lines = ['', 'Verbs:'];
  let group: string | undefined;
  for (const verb of verbs) {
    if (verb.hidden && !showHidden) continue;
    if (group !== undefined && verb.group !== group) lines.push('');
    group = verb.group;
    lines.push(row(`-${verb.canonical}`, verb.summary));
  }
  return [...lines, '', ...helpOnHelp(name, verbs[0]?.verb ?? 'verb'), ''];
}

/** How to get at more help. */
export function helpOnHelp(name: string, verb: string): string[] {
  return [
    [`${name} -?`, 'Display a verb list (command list)'],
    [`${name} -${verb} -?`, `Display help text for the "${verb}" verb`],
    [`${name} -v -?`, 'Display all help text for all verbs'],
  ].map(([command, text]) => `${command!.padEnd(24)} -- ${text}`);
}

/** The usage of one verb with its options. */
export function verbHelp<Context, Name extends string>(
  { name, options }: Described<Context, Name>,
  verb: Verb<Context, Name>,
): string[] {
  const forms = verb.usage.map((form) => `  ${name} [Options] -${verb.canonical}${form && ` ${form}`}`);
  return [
    'Usage:',
    ...forms,
    `  ${verb.summary}`,
    ...(verb.details ?? []).map((line) => `  ${line}`),
    '',
    'Options:',
    ...optionsOf(options, verb).map((option) => {
      const { value, summary } = options[option];
      return row(`-${option}${value ? ` ${value}` : ''}`, summary);
    }),
    row('--json', 'Print the result as one JSON value'),
    '',
  ];
}

/** The same as a value. */
export function verbHelpJson<Context, Name extends string>(
  { options }: Described<Context, Name>,
  verb: Verb<Context, Name>,
): Json {
  const { canonical, usage, summary, details, group } = verb;
  const taken = optionsOf(options, verb).map((name) => ({
    name,
    value: options[name].value,
    summary: options[name].summary,
  }));
  return { verb: canonical, usage, summary, details, group, options: taken };
}

function optionsOf<Context, Name extends string>(options: OptionTable<Name>, verb: Verb<Context, Name>): Name[] {
  return (Object.keys(options) as Name[]).filter(
    (option) => options[option].everywhere || verb.options.includes(option),
  );
}
