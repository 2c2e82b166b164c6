/** RC4, for pbeWithSHAAnd128BitRC4 and its 40-bit sister of old PKCS#12 files (RFC 7292 §C). Encrypts and decrypts alike. */
export function rc4(key: Uint8Array, data: Uint8Array): Uint8Array {
  const state = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (let i = 0, j = 0; i < 256; i++) {
    const here = state[i]!;
    j = (j + here + key[i % key.length]!) & 0xff;
    state[i] = state[j]!;
    state[j] = here;
  }
  const out = new Uint8Array(data.length);
  for (let at = 0, i = 0, j = 0; at < data.length; at++) {
    i = (i + 1) & 0xff;
    const here = state[i]!;
    j = (j + here) & 0xff;
    const there = state[j]!;
    state[i] = there;
    state[j] = here;
    out[at] = data[at]! ^ state[(here + there) & 0xff]!;
  }
  state.fill(0);
  return out;
}
