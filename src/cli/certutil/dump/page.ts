/** Where the printers of -dump write: lines in certutil's layout, nested levels, elements split off to files. */
import type { CryptoEngine } from '#pki/crypto/engine';
import type { DateStyle } from '../../io/date.ts';
import { hexDump } from '../../io/hex-dump.ts';
import type { TemplateLabel } from '../template/lookup.ts';
import { printable } from '../text/printable.ts';
import type { RecipientKeyFinder } from './recipient-key.ts';

export interface DumpPorts {
  readonly engine: CryptoEngine;
  /** The template with this cn or OID; undefined where none is known. */
  template?(nameOrOid: string): Promise<TemplateLabel | undefined>;
  /** Under -privatekey: opens what is sealed to somebody whose key is at hand. */
  readonly recipientKeys?: RecipientKeyFinder | undefined;
  /** Under -split: keeps an element as a file; answers the file's name. */
  saveElement?(name: string, der: Uint8Array): Promise<void>;
}

export interface DumpStyle extends DateStyle {
  /** -v: certificates inside messages whole, and every decoded value once more in hexadecimal. */
  readonly verbose?: boolean;
  /** -privatekey. */
  readonly showPrivateKey?: boolean;
}

/** What a file name of -split ends in, by what the element is. */
export type ElementExtension = 'crt' | 'crl' | 'p10' | 'p7b' | 'bin';

export class Page {
  readonly ports: DumpPorts;
  readonly style: DumpStyle;
  readonly #write: (line: string) => void;
  #level = 0;
  #saved = 0;

  constructor(ports: DumpPorts, style: DumpStyle, write: (line: string) => void) {
    this.ports = ports;
    this.style = style;
    this.#write = write;
  }

  /** For what is wanted as a value alone. */
  muted(): Page {
    return new Page(this.ports, this.style, () => {});
  }

  get engine(): CryptoEngine {
    return this.ports.engine;
  }

  /** What a file says of itself may hold anything: a line stays one line, and no control character reaches a terminal. */
  line(text = ''): void {
    this.#write(printable(text).replaceAll('\n', '.'));
  }

  lines(texts: readonly string[], indent = ''): void {
    for (const text of texts) this.line(text === '' ? '' : indent + text);
  }

  /** Indented, with addresses: `    0000  30 81 89 ...`. */
  dump(bytes: Uint8Array, indent = '    ', { ascii = false } = {}): void {
    this.lines(
      hexDump(bytes, { address: true, ascii }).map((line) => line.replace('\t', '  ')),
      indent,
    );
  }

  /** At the margin, address and bytes parted by a tab, with characters: the content of a message. */
  dumpContent(bytes: Uint8Array): void {
    this.lines(hexDump(bytes, { address: true, ascii: true }));
  }

  /** What -v adds under a decoded value: its bytes. */
  dumpVerbose(bytes: Uint8Array): boolean {
    if (this.style.verbose) this.dump(bytes, '    ', { ascii: true });
    return this.style.verbose === true;
  }

  /** One level deeper, between the two rules certutil draws. */
  async nested<T>(body: () => Promise<T>): Promise<T> {
    const level = ++this.#level;
    try {
      this.line(`================ Begin Nesting Level ${level} ================`);
      const value = await body();
      this.line(`----------------  End Nesting Level ${level}  ----------------`);
      return value;
    } finally {
      this.#level--;
    }
  }

  /** -split: an element inside the file, numbered by its level and by its turn. */
  async split(der: Uint8Array, extension: ElementExtension): Promise<void> {
    if (this.ports.saveElement && this.#level > 0) {
      await this.ports.saveElement(`blob${this.#level}_${this.#saved++}.${extension}`, der);
    }
  }
}
