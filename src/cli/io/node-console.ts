/** The terminal, pipes and files of this process. */
import type { Console, FileHalf, PromptOptions, WriteOptions } from './console.ts';

export class NodeConsole implements Console {
  readonly isDebug = (process.env['CERTHAVEN_DEBUG'] ?? '') !== '';
  #answers: AsyncIterator<string> | undefined;
  #isUnicode = false;

  constructor() {
    // A reader such as `head` may close its end early; what it no longer reads is not our fault.
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }

  // Asked when it counts: to open standard input takes longer than to print the list of verbs.
  get isInteractive(): boolean {
    return process.stdin.isTTY === true;
  }

  writeOut(text: string): void {
    process.stdout.write(this.#isUnicode ? Buffer.from(text, 'utf16le') : text);
  }

  // Little-endian after a byte order mark, as -UnicodeText has files.
  useUnicode(): void {
    if (process.stdout.isTTY || this.#isUnicode) return;
    this.#isUnicode = true;
    this.writeOut('\u{feff}');
  }

  writeError(text: string): void {
    process.stderr.write(text);
  }

  async prompt(question: string, options: PromptOptions = {}): Promise<string> {
    const { promptAtTerminal, linesOfInput } = await import('./prompt.ts');
    // Who types at a terminal sees no question that goes into a file.
    if (this.isInteractive) return promptAtTerminal(question, this.#isUnicode ? { ...options, aside: true } : options);
    this.#answers ??= linesOfInput();
    if (options.aside) this.writeError(`${question}\n`);
    else this.writeOut(`${question}\n`);
    const answer = await this.#answers.next();
    if (!answer.done) return answer.value;
    const { hresult } = await import('#hresult/hresult-error');
    throw hresult('ERROR_CANCELLED', 'Input ended before the question was answered.');
  }

  async readFile(path: string): Promise<Uint8Array> {
    return (await this.#files()).readFile(path);
  }

  async writeFile(path: string, content: Uint8Array, options?: WriteOptions): Promise<void> {
    await (await this.#files()).writeFile(path, content, options);
  }

  // Loaded when a file is touched: the list of verbs needs none.
  async requireWritable(path: string, options?: Pick<WriteOptions, 'overwrite'>): Promise<void> {
    await (await this.#files()).requireWritable(path, options);
  }

  async listFolder(path: string): Promise<readonly string[] | undefined> {
    return (await this.#files()).listFolder(path);
  }

  async makeFolder(path: string): Promise<void> {
    await (await this.#files()).makeFolder(path);
  }

  async #files(): Promise<FileHalf> {
    const { NodeFiles } = await import('./node-files.ts');
    return new NodeFiles(process.cwd());
  }
}
