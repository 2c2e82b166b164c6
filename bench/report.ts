/** What a benchmark prints: one table, ratios first. */
import { type Contender, type Effort, type Measured, measure } from './measure.ts';

/** Measures and prints; the answer is for benchmarks that go on to reckon with it. */
export async function compare(title: string, contenders: readonly Contender[], effort?: Effort): Promise<Measured[]> {
  const measured = await measure(contenders, effort);
  const [first, ...others] = measured;
  console.log(`\n${title}`);
  console.log(`  ${first!.name.padEnd(52)} ${rate(first!.perSecond).padStart(10)}/s`);
  for (const { name, perSecond, ratio, range } of others) {
    const spread = `${times(range[0])}..${times(range[1])}`;
    console.log(
      `  ${name.padEnd(52)} ${rate(perSecond).padStart(10)}/s   ours ${times(ratio).padStart(7)}  (${spread})`,
    );
  }
  return measured;
}

export function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : ratio < 100 ? 1 : 0)}x`;
}

export function percent(part: number): string {
  return `${(part * 100).toFixed(0)} %`;
}

export function rate(perSecond: number): string {
  return perSecond < 100 ? perSecond.toFixed(1) : Math.round(perSecond).toString();
}
