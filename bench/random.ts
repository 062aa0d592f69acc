// Random numbers that are the same every time.

/** Numbers from `least` to `most`, the same for a seed every time (a linear congruence modulo 2^32). */
export function uniform(count: number, least: number, most: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return least + ((most - least) * state) / 2 ** 32;
  });
}
