/** What the tests of -dump share: a page whose lines are kept. */
import { nodeEngine } from '#pki/crypto/node/engine';
import type { Json } from '../../io/verb.ts';
import { type DumpPorts, type DumpStyle, Page } from './page.ts';
import { printStructure } from './structure.ts';

export interface Dumped {
  readonly lines: string[];
  readonly value: Json;
}

export async function dumped(
  bytes: Uint8Array,
  style: DumpStyle = {},
  ports: Partial<DumpPorts> = {},
  password = 'pw',
): Promise<Dumped> {
  const lines: string[] = [];
  const page = new Page({ engine: nodeEngine, ...ports }, { gmt: true, ...style }, (line) => lines.push(line));
  return { lines, value: await printStructure(page, bytes, async () => password) };
}

/** The lines of a printer alone. */
export async function linesOf(print: (page: Page) => unknown, style: DumpStyle = {}, ports: Partial<DumpPorts> = {}) {
  const lines: string[] = [];
  await print(new Page({ engine: nodeEngine, ...ports }, { gmt: true, ...style }, (line) => lines.push(line)));
  return lines;
}
