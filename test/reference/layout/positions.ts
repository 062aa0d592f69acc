// Strided copies: elements of a box read at some strides and written at others, in elements.

/** Positions of all elements of a box `extents` with `strides`, the last dimension fastest. */
export function positions(extents: readonly number[], strides: readonly number[]): number[] {
  let found = [0];
  for (let d = 0; d < extents.length; d++) {
    const next: number[] = [];
    for (const start of found) {
      for (let i = 0; i < extents[d]; i++) next.push(start + i * strides[d]);
    }
    found = next;
  }
  return found;
}
