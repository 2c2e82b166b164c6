import { hresult } from '#hresult/hresult-error';

/** Each holds a reader of the database open until its last row is taken; certutil needs up to three for one view. */
const OF_ONE_CALLER = 16;

/** How many streams somebody has under way, from however many places he calls. */
export class StreamLimit {
  readonly #underWay = new Map<string, number>();

  /** Throws ERROR_CONNECTION_COUNT_LIMIT before `stream` begins. */
  async during(sid: string, stream: () => Promise<void>): Promise<void> {
    const count = this.#underWay.get(sid) ?? 0;
    if (count >= OF_ONE_CALLER)
      throw hresult('ERROR_CONNECTION_COUNT_LIMIT', `${count} views of this account are under way.`, {
        hint: 'read one of them to its end, or end its command, and try again',
      });
    this.#underWay.set(sid, count + 1);
    try {
      await stream();
    } finally {
      const left = this.#underWay.get(sid)! - 1;
      if (left === 0) this.#underWay.delete(sid);
      else this.#underWay.set(sid, left);
    }
  }
}
