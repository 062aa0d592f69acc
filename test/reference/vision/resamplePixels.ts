// One axis of a picture of bytes as a weighted sum of others, in whole numbers.

/**
 * `[outers, count, bytes]` of `[outers, extent, bytes]`: rounded sums of `taps` neighbours from `first` on, whose weights are in units of
 * 2^-22.
 */
export function resamplePixels(
  input: Uint8Array,
  { outers, extent, bytes }: { outers: number; extent: number; bytes: number },
  { taps, first, weights }: { taps: number; first: ArrayLike<number>; weights: ArrayLike<number> },
): Uint8Array {
  const count = first.length;
  const output = new Uint8Array(outers * count * bytes);
  for (let outer = 0; outer < outers; outer++) {
    for (let at = 0; at < count; at++) {
      for (let byte = 0; byte < bytes; byte++) {
        let sum = 0;
        for (let tap = 0; tap < taps; tap++) {
          sum += weights[at * taps + tap]! * input[(outer * extent + first[at]! + tap) * bytes + byte]!;
        }
        output[(outer * count + at) * bytes + byte] = Math.min(255, Math.max(0, Math.floor(sum / 2 ** 22 + 0.5)));
      }
    }
  }
  return output;
}
