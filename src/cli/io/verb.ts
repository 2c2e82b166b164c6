/** What a command line tool knows of its verbs before it loads one: enough for parsing, for help and for the status line. */
import type { Console } from './console.ts';
import type { OptionValues } from './option.ts';

/** What `--json` prints: plain values; a field that is undefined is left out. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

export interface Verb<Context, Name extends string = string> {
  /** As it is typed, in lower case, without its dash. */
  readonly verb: string;
  /** As the status line spells it. */
  readonly canonical: string;
  /** The forms of its arguments, without the verb: `['SearchToken [RecoveryBlobOutFile]']`. */
  readonly usage: readonly string[];
  readonly summary: string;
  /** Lines that tell of the arguments. */
  readonly details?: readonly string[];
  /** Verbs of one group stand together in the list. */
  readonly group: string;
  /** Shown by -uSAGE only. */
  readonly hidden?: boolean;
  readonly minArgs: number;
  readonly maxArgs: number;
  /** The options it takes beside those every verb takes. */
  readonly options: readonly Name[];
  /** True where arguments may begin with a dash, such as `-setreg CA\CRLFlags -CRLF_X`. */
  readonly dashArguments?: boolean;
  /** The module of the verb: loaded when the verb runs, so that the list of verbs costs nothing. */
  load(): Promise<VerbModule<Context>>;
}

export interface VerbModule<Context> {
  /**
   * Writes what the tool prints with `context.out` and answers the same as a value for `--json`. A thrown HresultError is
   * the failure the tool reports; anything else that is thrown is our own fault.
   */
  run(context: Context): Promise<Json | undefined>;
}

/** What every verb gets, whatever the tool; tools add their ports. */
export interface VerbContext<Name extends string = string> {
  readonly console: Console;
  readonly args: readonly string[];
  readonly options: OptionValues<Name>;
  /** What `run` answers is printed; otherwise nobody reads it, and what would grow without end can be left out. */
  readonly isJson: boolean;
  /** One line of the tool's output; nothing under `--json`. */
  out(line?: string): void;
  /** A line that stands after the status line, where the command succeeds. */
  outAfterStatus(line: string): void;
}
