/** Which CA a command means: -config, else the one there is, else the person's choice. */
import { hresult } from '#hresult/hresult-error';
import type { Console } from './console.ts';

export interface AuthorityChoice {
  /** What -config says, if anything; `-` is the default: the first of the known ones. */
  readonly config: string | undefined;
  /** `HOST\CA` of every CA that this machine knows of, the default first. */
  known(): Promise<readonly string[]>;
  /** -q: nobody is to be asked. */
  readonly isQuiet: boolean;
  readonly console: Console;
}

/**
 * Undefined where none is known: whoever connects then says why. Throws ERROR_INVALID_PARAMETER where several are known and
 * nobody can be asked.
 */
export async function chooseAuthority({
  config,
  known: listKnown,
  isQuiet,
  console,
}: AuthorityChoice): Promise<string | undefined> {
  // Where one is named nobody has to be asked which there are.
  if (config !== undefined && config !== '-') return config;
  const known = await listKnown();
  if (config === '-' || known.length <= 1) return known[0];
  const lines = known.map((name, index) => `${index + 1}: ${name}`).join('\n');
  const ambiguous = (what: string) =>
    hresult('ERROR_INVALID_PARAMETER', `${what}\n${lines}`, { hint: 'Name one: -config Machine\\CAName' });
  if (!console.isInteractive || isQuiet) throw ambiguous('Several certification authorities are known:');
  const answer = (await console.prompt(`${lines}\nSelect a certification authority (1 to ${known.length}):`)).trim();
  const chosen = /^[0-9]+$/.test(answer)
    ? known[Number(answer) - 1]
    : known.find((name) => name.toLowerCase() === answer.toLowerCase());
  if (chosen === undefined) throw ambiguous(`"${answer}" is none of them:`);
  return chosen;
}
