import type { HresultError } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';

/** A result with more rows than anybody wants in memory: a list, and what the end of it tells. */
export class JsonRows {
  /** The member of `result` that holds the list. */
  readonly member: string;
  /** Returns the other members of `result`. */
  readonly rows: AsyncGenerator<Json, { readonly [key: string]: Json }>;

  constructor(member: string, rows: JsonRows['rows']) {
    this.member = member;
    this.rows = rows;
  }
}

/**
 * Writes one JSON value as the rows come, `ok` and `error` behind them: what fails in the middle leaves it whole.
 * `failureOf` gives the error object of what `rows` throws, or throws what is none of ours.
 */
export async function writeJsonRows(
  command: string,
  { member, rows }: JsonRows,
  write: (text: string) => void,
  failureOf: (thrown: unknown) => { readonly error: HresultError; readonly json: Json },
): Promise<HresultError | undefined> {
  write(`{\n  "command": ${JSON.stringify(command)},\n  "result": {\n    ${JSON.stringify(member)}: [`);
  let separator = '\n';
  try {
    for (;;) {
      const { done, value } = await rows.next();
      if (done) {
        const others = Object.entries(value).map(
          ([name, json]) => `,\n    ${JSON.stringify(name)}: ${JSON.stringify(json)}`,
        );
        write(`\n    ]${others.join('')}\n  },\n  "ok": true\n}\n`);
        return undefined;
      }
      write(`${separator}      ${JSON.stringify(value)}`);
      separator = ',\n';
    }
  } catch (thrown) {
    const { error, json } = failureOf(thrown);
    write(`\n    ]\n  },\n  "ok": false,\n  "error": ${JSON.stringify(json)}\n}\n`);
    return error;
  }
}
