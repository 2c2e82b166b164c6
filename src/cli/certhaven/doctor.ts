/** `certhaven doctor`: what is wrong with a CA, and what mends it. */
import type { Examination, Finding } from '#doctor/api';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';
import { findingJson, printFinding } from './findings.ts';

/** Ends with 1 where there is an error among the findings. */
export async function run(context: CommandContext): Promise<Json> {
  const [word] = context.arguments;
  if (word !== undefined)
    throw hresult('ERROR_INVALID_PARAMETER', `${word}: not so.`, { hint: 'certhaven doctor --help' });
  return report(context, await context.examine());
}

function report({ out, endWith }: CommandContext, { config, findings }: Examination): Json {
  if (config !== undefined) out(config);
  for (const finding of findings) printFinding(out, finding);
  const count = (severity: Finding['severity']) => findings.filter((each) => each.severity === severity).length;
  const [errors, warnings, notes] = [count('error'), count('warning'), count('note')];
  out(`${many(errors, 'error')}, ${many(warnings, 'warning')}, ${many(notes, 'note')}.`);
  if (errors > 0) endWith(1);
  return { config, errors, warnings, notes, findings: findings.map(findingJson) };
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
