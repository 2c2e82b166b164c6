import type { BlockTransform } from './cbc.ts';

/** FIPS 46-3: the S-boxes, four rows of sixteen values each, one hexadecimal digit a value. */
const S_BOXES = [
  ['e4d12fb83a6c5907', '0f74e2d1a6cb9538', '41e8d62bfc973a50', 'fc8249175b3ea06d'],
  ['f18e6b34972dc05a', '3d47f28ec01a69b5', '0e7ba4d158c6932f', 'd8a13f42b67c05e9'],
  ['a09e63f51dc7b428', 'd709346a285ecbf1', 'd6498f30b12c5ae7', '1ad069874fe3b52c'],
  ['7de3069a1285bc4f', 'd8b56f03472c1ae9', 'a690cb7df13e5284', '3f06a1d8945bc72e'],
  ['2c417ab6853fd0e9', 'eb2c47d150fa3986', '421bad78f9c5630e', 'b8c71e2d6f09a453'],
  ['c1af92680d34e75b', 'af427c9561de0b38', '9ef528c3704a1db6', '432c95fabe17608d'],
  ['4b2ef08d3c975a61', 'd0b7491ae35c2f86', '14bdc37eaf680592', '6bd814a7950fe23c'],
  ['d2846fb1a93e50c7', '1fd8a374c56b0e92', '7b419ce206adf358', '21e74a8dfc90356b'],
] as const;

/** Bits are counted from 1 at the left, as the standard does. */
const P = [
  16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25,
];
const PERMUTED_CHOICE_1 = [
  57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36, 63, 55,
  47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
];
const PERMUTED_CHOICE_2 = [
  14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2, 41, 52, 31, 37, 47, 55, 30,
  40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
];
const SHIFTS = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1];

/** S-box and P in one look-up: the value of box `b` for six bits `x` stands at `64 * b + x`. */
const SP = substitutionTable();

function substitutionTable(): Int32Array {
  const table = new Int32Array(512);
  S_BOXES.forEach((rows, box) => {
    for (let x = 0; x < 64; x++) {
      const value = Number.parseInt(rows[((x >> 4) & 2) | (x & 1)]![(x >> 1) & 15]!, 16);
      const placed = value << (28 - 4 * box);
      P.forEach((from, to) => {
        if ((placed >>> (32 - from)) & 1) table[64 * box + x]! |= 1 << (31 - to);
      });
    }
  });
  return table;
}

/** Triple DES (SP 800-67) in EDE form; `key` of 24 bytes, whose parity bits do not count. */
export function desEde3(key: Uint8Array): BlockTransform {
  const schedules = [0, 8, 16].map((at) => keySchedule(key.subarray(at, at + 8)));
  const [first, second, third] = schedules as [Uint8Array, Uint8Array, Uint8Array];
  const halves = new Int32Array(2);
  return {
    blockLength: 8,
    encryptBlock: (bytes, at) => {
      initialPermutation(bytes, at, halves);
      rounds(halves, first, false);
      rounds(halves, second, true);
      rounds(halves, third, false);
      finalPermutation(halves, bytes, at);
    },
    decryptBlock: (bytes, at) => {
      initialPermutation(bytes, at, halves);
      rounds(halves, third, true);
      rounds(halves, second, false);
      rounds(halves, first, true);
      finalPermutation(halves, bytes, at);
    },
    wipe: () => {
      for (const schedule of schedules) schedule.fill(0);
      halves.fill(0);
    },
  };
}

/** Sixteen round keys of eight six-bit groups. */
function keySchedule(key: Uint8Array): Uint8Array {
  const halves = new Uint8Array(56);
  const turned = new Uint8Array(56);
  const schedule = new Uint8Array(128);
  PERMUTED_CHOICE_1.forEach((from, to) => {
    halves[to] = (key[(from - 1) >> 3]! >> (7 - ((from - 1) & 7))) & 1;
  });
  let shift = 0;
  SHIFTS.forEach((by, round) => {
    shift += by;
    for (let i = 0; i < 28; i++) {
      turned[i] = halves[(i + shift) % 28]!;
      turned[28 + i] = halves[28 + ((i + shift) % 28)]!;
    }
    PERMUTED_CHOICE_2.forEach((from, to) => {
      schedule[8 * round + Math.floor(to / 6)]! |= turned[from - 1]! << (5 - (to % 6));
    });
  });
  halves.fill(0);
  turned.fill(0);
  return schedule;
}

/** The sixteen rounds and the exchange of the halves after them. */
function rounds(halves: Int32Array, schedule: Uint8Array, backwards: boolean): void {
  let left = halves[0]!;
  let right = halves[1]!;
  for (let round = 0; round < 16; round++) {
    const k = 8 * (backwards ? 15 - round : round);
    // Turned by one bit, the six bits that E gives box b begin at bit 4b.
    const e = (right >>> 1) | (right << 31);
    const f =
      SP[((e >>> 26) & 63) ^ schedule[k]!]! ^
      SP[64 + (((e >>> 22) & 63) ^ schedule[k + 1]!)]! ^
      SP[128 + (((e >>> 18) & 63) ^ schedule[k + 2]!)]! ^
      SP[192 + (((e >>> 14) & 63) ^ schedule[k + 3]!)]! ^
      SP[256 + (((e >>> 10) & 63) ^ schedule[k + 4]!)]! ^
      SP[320 + (((e >>> 6) & 63) ^ schedule[k + 5]!)]! ^
      SP[384 + (((e >>> 2) & 63) ^ schedule[k + 6]!)]! ^
      SP[448 + ((((e << 2) | (e >>> 30)) & 63) ^ schedule[k + 7]!)]!;
    const next = left ^ f;
    left = right;
    right = next;
  }
  halves[0] = right;
  halves[1] = left;
}

function initialPermutation(bytes: Uint8Array, at: number, halves: Int32Array): void {
  halves[0] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  halves[1] = (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!;
  exchange(halves, 0, 4, 0x0f0f0f0f);
  exchange(halves, 0, 16, 0x0000ffff);
  exchange(halves, 1, 2, 0x33333333);
  exchange(halves, 1, 8, 0x00ff00ff);
  exchange(halves, 0, 1, 0x55555555);
}

function finalPermutation(halves: Int32Array, bytes: Uint8Array, at: number): void {
  exchange(halves, 0, 1, 0x55555555);
  exchange(halves, 1, 8, 0x00ff00ff);
  exchange(halves, 1, 2, 0x33333333);
  exchange(halves, 0, 16, 0x0000ffff);
  exchange(halves, 0, 4, 0x0f0f0f0f);
  for (let i = 0; i < 8; i++) bytes[at + i] = halves[i >> 2]! >>> (24 - 8 * (i & 3));
}

/** Swaps the masked bits of one half, moved down by `shift`, with those of the other. */
function exchange(halves: Int32Array, upper: 0 | 1, shift: number, mask: number): void {
  const lower = 1 - upper;
  const moved = ((halves[upper]! >>> shift) ^ halves[lower]!) & mask;
  halves[lower]! ^= moved;
  halves[upper]! ^= moved << shift;
}
