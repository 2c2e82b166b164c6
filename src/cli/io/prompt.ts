/** Questions at a terminal, and answers from the lines of a pipe. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { hresult } from '#hresult/hresult-error';

/** Asks on standard output; a hidden answer is not echoed. Throws ERROR_CANCELLED on ^C or end of input. */
export async function promptAtTerminal(question: string, isHidden: boolean): Promise<string> {
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
  process.stdout.write(`${question} `);
  const lines = createInterface({
    input: process.stdin,
    output: isHidden ? nothing : process.stdout,
    terminal: true,
    historySize: 0,
  });
  try {
    return await new Promise<string>((resolve, reject) => {
      const cancel = () => reject(hresult('ERROR_CANCELLED', 'No answer was given.'));
      lines.once('line', resolve);
      lines.once('SIGINT', cancel);
      lines.once('close', cancel);
    });
  } finally {
    lines.close();
    if (isHidden) process.stdout.write('\n');
  }
}

/** The lines of standard input, one an answer. */
export function linesOfInput(): AsyncIterator<string> {
  return createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
}
