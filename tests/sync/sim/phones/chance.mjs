/** Seeded chance (sfc32): the same seed gives the same bytes. */
export function chance(seed) {
  let [a, b, c, d] = [0x9e3779b9, seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, 1];
  const word = () => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let turn = 0; turn < 12; turn += 1) word();
  const random = () => word() / 2 ** 32;
  return {
    random,
    bytes: (length) => {
      const found = new Uint8Array(length);
      for (let at = 0; at < length; at += 1) found[at] = word() & 0xff;
      return found;
    },
    below: (most) => Math.floor(random() * most),
    one: (list) => list[Math.floor(random() * list.length)],
    often: (share) => random() < share,
  };
}
