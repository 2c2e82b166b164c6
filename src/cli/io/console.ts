/** What a command asks of the place it runs in: text, questions, files. `NodeConsole` is the terminal; tests have a twin. */

export interface Console {
  /** False where nobody can answer a question: input is a file or a pipe. Questions are then answered from its lines. */
  readonly isInteractive: boolean;
  /** True where our own faults are to be shown with their stack. */
  readonly isDebug: boolean;
  writeOut(text: string): void;
  /** From now on standard output is UTF-16, where it goes to a file or a pipe. */
  useUnicode(): void;
  writeError(text: string): void;
  /** The answer without its line end. Throws ERROR_CANCELLED where input ends or the person breaks off. */
  prompt(question: string, options?: PromptOptions): Promise<string>;
  /** Throws ERROR_FILE_NOT_FOUND, ERROR_ACCESS_DENIED and the like; ERROR_INVALID_DATA for over 256 MiB. */
  readFile(path: string): Promise<Uint8Array>;
  /**
   * For work that cannot be taken back: throws before it what `writeFile` would throw after it, as far as that shows.
   */
  requireWritable(path: string, options?: Pick<WriteOptions, 'overwrite'>): Promise<void>;
  /** The names in a folder, sorted; undefined for what is no folder. */
  listFolder(path: string): Promise<readonly string[] | undefined>;
  /** Makes the folder and those above it, for its owner alone. */
  makeFolder(path: string): Promise<void>;
  /** Whole or not at all. Throws ERROR_FILE_EXISTS where the file is there and `overwrite` is not set. */
  writeFile(path: string, content: Uint8Array, options?: WriteOptions): Promise<void>;
}

/** What of a console is files and folders. */
export type FileHalf = Pick<Console, 'readFile' | 'requireWritable' | 'writeFile' | 'listFolder' | 'makeFolder'>;

export interface PromptOptions {
  /** For passwords: what is typed is not shown. */
  readonly hidden?: boolean;
  /** The question goes to standard error, because standard output holds one JSON value. */
  readonly aside?: boolean;
}

export interface WriteOptions {
  /** -f: replace a file that is there. */
  readonly overwrite?: boolean;
  /** File mode; 0o600 for whatever holds a private key. 0o644 where it is left out. */
  readonly mode?: number;
}
