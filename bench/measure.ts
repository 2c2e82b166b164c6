/**
 * Ratios, not times: everything that is compared runs in one process, in turns that alternate, so that what else the machine
 * does falls on all of them. Each ratio is taken within a round; the median over the rounds is what counts.
 */

export interface Contender {
  readonly name: string;
  /** Does the thing `count` times. */
  readonly perform: (count: number) => void | Promise<void>;
}

export interface Measured {
  readonly name: string;
  /** Median over the rounds. */
  readonly perSecond: number;
  /** How many times as often as this the first contender gets it done: median of the rounds' ratios. */
  readonly ratio: number;
  /** The lowest and the highest of the rounds' ratios. */
  readonly range: readonly [lowest: number, highest: number];
}

export interface Effort {
  readonly rounds?: number;
  /** How long one turn of one contender shall be. */
  readonly milliseconds?: number;
}

/** A thing done once, many times over. */
export function each(once: () => unknown): Contender['perform'] {
  return (count) => {
    for (let i = 0; i < count; i++) consume(once());
  };
}

/** `width` of them under way at any time. */
export function inFlight(width: number, once: () => Promise<unknown>): Contender['perform'] {
  return async (count) => {
    let begun = 0;
    const lane = async () => {
      while (begun < count) {
        begun++;
        await once();
      }
    };
    await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
  };
}

/** The first contender is the one the ratios speak of. */
export async function measure(
  contenders: readonly Contender[],
  { rounds = 9, milliseconds = 150 }: Effort = {},
): Promise<Measured[]> {
  const counts: number[] = [];
  for (const contender of contenders) counts.push(await fitCount(contender, milliseconds));
  const speeds: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    // There and back, so that nobody always runs after the same neighbour.
    const order = contenders.map((_, index) => (round % 2 === 0 ? index : contenders.length - 1 - index));
    for (const index of order) {
      const count = counts[index]!;
      speeds[index]!.push((count / (await timed(contenders[index]!, count))) * 1000);
    }
  }
  return contenders.map(({ name }, index) => {
    const ratios = speeds[index]!.map((speed, round) => speeds[0]![round]! / speed);
    return {
      name,
      perSecond: median(speeds[index]!),
      ratio: median(ratios),
      range: [Math.min(...ratios), Math.max(...ratios)],
    };
  });
}

/** Warms up, and answers how many make up one turn. */
async function fitCount(contender: Contender, milliseconds: number): Promise<number> {
  let count = 1;
  let spent = await timed(contender, count);
  for (let warm = spent; warm < milliseconds * 2; warm += spent) {
    count = Math.max(count, Math.min(count * 4, Math.floor((count * milliseconds) / Math.max(spent, 0.01))));
    spent = await timed(contender, count);
  }
  return Math.max(1, Math.round((count * milliseconds) / spent));
}

/** Milliseconds. */
async function timed(contender: Contender, count: number): Promise<number> {
  const start = performance.now();
  await contender.perform(count);
  return performance.now() - start;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

let consumed: unknown;

/** Keeps the compiler from leaving out work whose result nobody uses. */
function consume(value: unknown): void {
  consumed = value;
}

export function lastConsumed(): unknown {
  return consumed;
}
