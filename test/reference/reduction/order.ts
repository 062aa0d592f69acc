// Operators along one axis of [outers, axis, inner] by the order of its elements; NaN is greater than all numbers.

/** The elements of the line of `outer` and `inner`, in order. */
function lineOf<T>(x: ArrayLike<T>, axis: number, inners: number, outer: number, inner: number): T[] {
  return Array.from({ length: axis }, (_, i) => x[(outer * axis + i) * inners + inner]);
}

/** Gives every line to `of` and lays its results, `length` a line, out as [outers, length, inner]. */
export function alongLines<T, R>(
  x: ArrayLike<T>,
  [outers, axis, inners]: readonly [number, number, number],
  length: number,
  of: (line: T[]) => readonly R[],
): R[] {
  const result = new Array<R>(outers * length * inners);
  for (let outer = 0; outer < outers; outer++) {
    for (let inner = 0; inner < inners; inner++) {
      of(lineOf(x, axis, inners, outer, inner)).forEach((value, i) => {
        result[(outer * length + i) * inners + inner] = value;
      });
    }
  }
  return result;
}

/** Below 0 where a is less than b. */
function compare(a: number | bigint, b: number | bigint): number {
  const [aIsNaN, bIsNaN] = [Number.isNaN(a), Number.isNaN(b)];
  if (aIsNaN || bIsNaN) return Number(aIsNaN) - Number(bIsNaN);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Where the elements of a line go when it is sorted; equal ones keep their order. */
export function sortedPlaces(line: readonly (number | bigint)[], largest: boolean): number[] {
  return line.map((_, i) => i).sort((i, j) => (largest ? -1 : 1) * compare(line[i], line[j]) || i - j);
}

/** Where the first, or the last, of a line's greatest or least elements is; NaN is less than all numbers, too. */
export function extremePlace(line: readonly (number | bigint)[], largest: boolean, last: boolean): number {
  const missing = line.map(Number.isNaN);
  if (missing.includes(true)) return last ? missing.lastIndexOf(true) : missing.indexOf(true);
  const places = sortedPlaces(line, largest);
  const best = places.filter((i) => compare(line[i], line[places[0]]) === 0);
  return last ? Math.max(...best) : Math.min(...best);
}

/** Running sums of a line. */
export function cumulativeSums(line: readonly number[], exclusive: boolean, reverse: boolean): number[] {
  return line.map((_, i) => {
    const upTo = reverse ? line.slice(exclusive ? i + 1 : i) : line.slice(0, exclusive ? i : i + 1);
    return upTo.reduce((sum, value) => sum + value, 0);
  });
}
