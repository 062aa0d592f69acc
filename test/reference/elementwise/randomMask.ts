// The generator of random masks, one block at a time.

/** High and low words of the product of two u32. */
function multiply(a: number, b: number): [number, number] {
  const product = BigInt(a) * BigInt(b);
  return [Number(product >> 32n), Number(product & 0xffffffffn)];
}

/** Philox4x32-10 of Salmon and others (2011): four u32 by a counter of four and a key of two. */
export function philox(counter: readonly number[], key: readonly number[]): number[] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = multiply(0xd2511f53, c0);
    const [high1, low1] = multiply(0xcd9e8d57, c2);
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** Which of `count` elements a mask keeps. */
export function keptElements(count: number, rate: number, seed: number, counter: number): boolean[] {
  const key = [seed % 2 ** 32, Math.floor(seed / 2 ** 32)];
  const blocks = Array.from({ length: Math.ceil(count / 4) }, (_, block) => philox([block, counter >>> 0, 0, 0], key));
  return blocks
    .flat()
    .slice(0, count)
    .map((random) => random < (1 - rate) * 2 ** 32);
}
