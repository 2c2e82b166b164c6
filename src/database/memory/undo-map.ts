/** A map whose changes can be taken back, newest first. */
export class UndoMap<K, V> extends Map<K, V> {
  readonly #undo: (() => void)[];

  constructor(undo: (() => void)[]) {
    super();
    this.#undo = undo;
  }

  override set(key: K, value: V): this {
    const had = this.has(key);
    const before = this.get(key);
    this.#undo.push(() => (had ? super.set(key, before as V) : super.delete(key)));
    return super.set(key, value);
  }

  override delete(key: K): boolean {
    const before = this.get(key);
    if (this.has(key)) this.#undo.push(() => super.set(key, before as V));
    return super.delete(key);
  }
}
