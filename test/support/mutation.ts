/** Faults by a fixed seed, for the fuzz runs over the parsers: the same ones in every run. */

/** xorshift32. Each call answers a number below the one given. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** One to four faults: bits flipped, octets that headers are made of, pieces cut out, doubled, or the end cut off. */
export function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const out = Array.from(bytes);
  for (let faults = 1 + random(4); faults > 0 && out.length > 0; faults--) {
    const at = random(out.length);
    switch (random(6)) {
      case 0:
        out[at]! ^= 1 << random(8);
        break;
      case 1:
        out[at] = random(256);
        break;
      case 2:
        out[at] = [0, 0x1f, 0x80, 0xff, 0x30, 0x31, 0xa0, 0xa1, 0x84, 0x24][random(10)]!;
        break;
      case 3:
        out.splice(at, 1 + random(20));
        break;
      case 4:
        out.splice(at, 0, ...out.slice(at, at + 1 + random(20)));
        break;
      default:
        if (random(8) === 0) out.length = at;
    }
  }
  return Uint8Array.from(out);
}
