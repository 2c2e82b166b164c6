/** Questions at a terminal, and answers from the lines of a pipe. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { hresult } from '#hresult/hresult-error';
import type { PromptOptions } from './console.ts';

/** Asks the person; a hidden answer is not echoed. Throws ERROR_CANCELLED on ^C or end of input. */
export async function promptAtTerminal(question: string, { hidden, aside }: PromptOptions): Promise<string> {
  const output = aside ? process.stderr : process.stdout;
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: process.stdin,
    output: hidden ? nothing : output,
    terminal: true,
    historySize: 0,
  });
  // The terminal echoes until the interface takes it over, so the question that invites typing comes after.
  if (hidden) output.write(`${question} `);
  else {
    lines.setPrompt(`${question} `);
    lines.prompt();
  }
  try {
    return await new Promise<string>((resolve, reject) => {
      const cancel = () => reject(hresult('ERROR_CANCELLED', 'No answer was given.'));
      lines.once('line', resolve);
      lines.once('SIGINT', cancel);
      lines.once('close', cancel);
    });
  } finally {
    lines.close();
    if (hidden) output.write('\n');
  }
}

/** The lines of standard input, one an answer. */
export function linesOfInput(): AsyncIterator<string> {
  return createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
}
