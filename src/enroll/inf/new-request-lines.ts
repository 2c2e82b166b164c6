import { type InfFile, type InfLine, isSameWord } from './inf-file.ts';
import { type KeyTreatment, NEW_REQUEST_KEYS, type NewRequestKey } from './new-request-keys.ts';

/** The lines of [NewRequest], each key at most once and each a known one. */
export class NewRequestLines {
  readonly #inf: InfFile;
  readonly #lines = new Map<NewRequestKey, InfLine>();

  constructor(inf: InfFile) {
    this.#inf = inf;
    for (const line of inf.lines('NewRequest')) {
      const key = (Object.keys(NEW_REQUEST_KEYS) as NewRequestKey[]).find((known) => isSameWord(known, line.key));
      if (!key)
        throw inf.fault(line, 'is no key of [NewRequest].', `Keys: ${Object.keys(NEW_REQUEST_KEYS).join(', ')}.`);
      if (this.#lines.has(key)) throw inf.fault(line, 'stands a second time.');
      const treatment: KeyTreatment = NEW_REQUEST_KEYS[key];
      if (treatment.use === 'refused') throw inf.refusal(line, `${key} ${treatment.reason}`, treatment.hint);
      this.#lines.set(key, line);
    }
  }

  line(key: NewRequestKey): InfLine | undefined {
    return this.#lines.get(key);
  }

  value<T>(key: NewRequestKey, parse: (inf: InfFile, line: InfLine) => T): T | undefined {
    const line = this.#lines.get(key);
    return line && parse(this.#inf, line);
  }
}
